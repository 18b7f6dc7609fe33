import Foundation
import PladEvaluation
import PladRecords
import Testing

/// The measures by quality against naive ones.
@Suite struct QualityMeasureTests {
    private func prompts(_ count: Int, samples: Int = 5) -> [HeldOutMeasurement] {
        var generator = SeededGenerator(seed: 4, "quality")
        return (0..<count).map { index in
            var prompt = HeldOutMeasurement(
                id: "p\(index)", prompt: "q", teacherText: "t", teacherLogProbabilities: [-1], answer: "a", answerTokens: 1)
            prompt.qualityBy = "answer"
            prompt.quality = generator.uniform() < 0.4 ? 1 : 0
            // Coarse, so that some are as likely as others; the right ones a little likelier.
            prompt.answerLogProbability = -(generator.uniform() * 20).rounded() / 2 + (prompt.quality ?? 0)
            prompt.own = (0..<samples).map { _ in
                let quality: Double = generator.uniform() < 0.3 ? 1 : 0
                return ScoredSample(
                    text: "s", logProbability: -(generator.uniform() * 10).rounded() / 2 + quality,
                    tokens: 1 + Int(generator.uniform() * 4), quality: quality)
            }
            return prompt
        }
    }

    private func measures(_ prompts: [HeldOutMeasurement]) throws -> QualityMeasures {
        try #require(try StudentMeasurements(name: "s", prompts: prompts).evaluation(Bootstrap(seed: 1, resamples: 50)).quality)
    }

    @Test func measuresEqualNaiveOnes() throws {
        let prompts = prompts(60)
        let measured = try measures(prompts)
        func mean(_ value: (HeldOutMeasurement) -> Double) -> Double { prompts.map(value).reduce(0, +) / Double(prompts.count) }
        func close(_ estimate: Estimate?, _ value: Double) -> Bool { abs((estimate?.mean ?? .nan) - value) < 1e-12 }
        #expect(close(measured.greedy, mean { $0.quality! }))
        #expect(close(measured.sample, mean { $0.own!.map { $0.quality! }.reduce(0, +) / 5 }))
        #expect(close(measured.best, mean { $0.own!.map { $0.quality! }.max()! }))
        #expect(close(measured.passAtN, mean { $0.own!.contains { $0.quality == 1 } ? 1 : 0 }))
        #expect(
            close(
                measured.likeliestBySum,
                mean { prompt in
                    let top = prompt.own!.map(\.logProbability).max()!
                    return prompt.own!.first { $0.logProbability == top }!.quality!
                }))
        #expect(
            close(
                measured.likeliestByMean,
                mean { prompt in
                    let top = prompt.own!.map(\.logProbabilityPerToken).max()!
                    return prompt.own!.first { $0.logProbabilityPerToken == top }!.quality!
                }))
        #expect(measured.samples == 5 && measured.by == "answer")

        let all = prompts.flatMap { $0.own! }
        let (right, wrong) = (all.filter { $0.quality == 1 }, all.filter { $0.quality == 0 })
        var won = 0.0
        for one in right {
            for other in wrong {
                won += one.logProbability > other.logProbability ? 1 : one.logProbability == other.logProbability ? 0.5 : 0
            }
        }
        let auroc = try #require(measured.auroc)
        #expect(abs(auroc.mean - won / Double(right.count * wrong.count)) < 1e-12 && auroc.low < auroc.mean && auroc.mean < auroc.high)
        #expect(auroc.mean > 0.6)
    }

    @Test func aCurveOfRiskTakesTheSurestFirst() throws {
        let prompts = prompts(40)
        let curve = try #require(try measures(prompts).riskCoverage)
        #expect(curve.points.count == 40 && curve.points.last?[0] == 1)
        let sorted = prompts.enumerated().sorted { a, b in
            let (left, right) = (a.element.answerLogProbability!, b.element.answerLogProbability!)
            return left != right ? left > right : a.offset < b.offset
        }.map { $0.element.quality! }
        for (index, point) in curve.points.enumerated() {
            #expect(abs(point[1] - sorted[...index].reduce(0, +) / Double(index + 1)) < 1e-12)
        }
    }

    @Test func aThresholdKeepsNineteenOfTwentyWhereItWasChosen() throws {
        func prompt(_ likelihood: Double, _ quality: Double) -> HeldOutMeasurement {
            var prompt = HeldOutMeasurement(
                id: "p", prompt: "q", teacherText: "t", teacherLogProbabilities: [-1], answer: "a", answerTokens: 1)
            (prompt.quality, prompt.answerLogProbability, prompt.qualityBy) = (quality, likelihood, "answer")
            return prompt
        }
        // 19 right ones with one wrong among them, then as likely ones of both kinds.
        let chosen = (0..<20).map { prompt(-Double($0), $0 == 7 ? 0 : 1) } + [prompt(-20, 1), prompt(-20, 0)]
        let measured = [prompt(-3, 1), prompt(-19, 0), prompt(-19.5, 1), prompt(-30, 1)]
        var curve = RiskCoverage(points: [])
        curve.setThreshold(by: chosen, on: measured)
        #expect(curve.threshold == -19 && curve.coverage == 0.5 && curve.precision == 0.5)
        curve.setThreshold(by: [prompt(-1, 0)], on: measured)
        #expect(curve.threshold == nil)
    }

    @Test func withoutQualityNothingIsMeasured() throws {
        var prompts = prompts(3)
        for index in prompts.indices { (prompts[index].qualityBy, prompts[index].quality, prompts[index].own) = (nil, nil, nil) }
        #expect(try StudentMeasurements(name: "s", prompts: prompts).evaluation(Bootstrap(seed: 1, resamples: 10)).quality == nil)
    }
}
