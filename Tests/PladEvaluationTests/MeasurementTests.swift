import PladEvaluation
import PladRecords
import Testing

@Suite struct MeasurementTests {
    private let bootstrap = Bootstrap(seed: 7, resamples: 200)

    private func measurement(
        _ id: String, answer: String = "a b", logProbabilities: [Float] = [-1], pairs: [ScoredPair] = [], facts: [String] = []
    ) -> HeldOutMeasurement {
        HeldOutMeasurement(
            id: id, prompt: "prompt \(id)", teacherText: "a b c d", teacherLogProbabilities: logProbabilities, answer: answer,
            answerTokens: 2, pairs: pairs, facts: facts)
    }

    @Test func everyMeasureIsPooledAsItsNameSays() throws {
        let student = try StudentMeasurements(
            name: "ranked",
            prompts: [
                measurement(
                    "1", answer: "a b", logProbabilities: [-1, -2, -3], pairs: [ScoredPair(chosen: 2, rejected: 1)],
                    facts: ["a", "missing", "b"]),
                measurement(
                    "2", answer: "x", logProbabilities: [-10],
                    pairs: [ScoredPair(chosen: 1, rejected: 1), ScoredPair(chosen: 0, rejected: 1)]),
            ])
        let evaluation = student.evaluation(bootstrap)
        #expect(evaluation.name == "ranked")
        // F of precision 1 and recall 1/2 is 2/3; the other answer shares nothing.
        #expect(abs(evaluation.rougeL.mean - 1.0 / 3) < 1e-12)
        #expect(evaluation.teacherNegativeLogLikelihood.mean == 4 && evaluation.teacherNegativeLogLikelihood.count == 4)
        #expect(evaluation.rankAccuracy.mean == 0.5 && evaluation.rankAccuracy.count == 3)
        #expect(evaluation.factsKept?.mean == 2.0 / 3 && evaluation.factsKept?.count == 3)
        #expect(evaluation.answerTokens.mean == 2)
        #expect(evaluation.more?.lengthRatio.mean == 1)
        #expect(evaluation.more?.rouge1.mean == evaluation.rougeL.mean)
        #expect(evaluation.reliability?.map(\.count).reduce(0, +) == 3)
        #expect(evaluation.answerTokensSpread == Spread(p10: 2, p25: 2, p50: 2, p75: 2, p90: 2))
        #expect(evaluation.more?.kendall == nil, "there are no samples to order")
    }

    @Test func samplesAreOrderedByLikelihoodAndByQuality() throws {
        var prompt = measurement("1", facts: ["b", "d"])
        prompt.samples = [
            ScoredSample(text: "a b c d", logProbability: -4, tokens: 4), ScoredSample(text: "a b", logProbability: -4, tokens: 2),
            ScoredSample(text: "x", logProbability: -0.5, tokens: 1),
        ]
        // By log-probability per token (-1, -2, -0.5) one of three pairs is in the order of likeness (1, 2/3, 0).
        let more = try StudentMeasurements(name: "ranked", prompts: [prompt, measurement("2")]).evaluation(bootstrap).more!
        #expect(abs(more.kendall!.mean + 1.0 / 3) < 1e-12 && more.kendall!.count == 1)
        #expect(abs(more.spearman!.mean + 0.5) < 1e-12)
        // Facts kept (2, 1, 0) stand in the same order as likeness.
        #expect(more.kendallOfFacts == more.kendall)
        // By the sum (-4, -4, -0.5) the first two are tied and both pairs with the third stand the wrong way: -2 / √(2 · 3).
        #expect(abs(more.kendallOfSum!.mean + 2 / 6.0.squareRoot()) < 1e-12)
    }

    @Test func likelihoodAndQualityAreKeptForADrawing() throws {
        let prompts = (0..<40).map { index in
            var prompt = measurement("\(index)")
            // The likelier half says what the teacher says.
            prompt.samples = (0..<10).map { sample in
                ScoredSample(text: sample < 5 ? "a b c d" : "x", logProbability: -Double(sample) - Double(index) / 100, tokens: 1)
            }
            return prompt
        }
        let evaluation = try StudentMeasurements(name: "ranked", prompts: prompts).evaluation(bootstrap)
        let drawing = try #require(evaluation.likelihoodQuality)
        #expect(drawing.bins.map(\.count) == [Int](repeating: 40, count: 10))
        #expect(drawing.bins.map(\.quality) == [0, 0, 0, 0, 0, 1, 1, 1, 1, 1])
        #expect(abs(drawing.bins[9].logProbabilityPerToken + 0.195) < 1e-12)
        #expect(drawing.points.count == 200 && drawing.points[0] == [0, 1])
        #expect(try StudentMeasurements(name: "none", prompts: [measurement("1")]).evaluation(bootstrap).likelihoodQuality == nil)
    }

    @Test func measurementsSurviveTheirRecord() throws {
        var prompt = measurement("1", logProbabilities: [-0.1, -1e-7, -87.33655], pairs: [ScoredPair(chosen: -1.0 / 3, rejected: -2e-16)])
        prompt.samples = [ScoredSample(text: "a \u{301}b\n", logProbability: -0.1, tokens: 3)]
        let copy = try JSONLines.parse(HeldOutMeasurement.self, prompt.jsonLine(), name: "record")
        #expect(copy.count == 1 && copy[0].samples == prompt.samples && copy[0].pairs == prompt.pairs)
        #expect(copy[0].teacherLogProbabilities == prompt.teacherLogProbabilities)
    }

    @Test func studentsBesideEachOtherAreEachComparedWithTheFirst() throws {
        let students = try ["a", "b", "c"].map { try StudentMeasurements(name: $0, prompts: [measurement("1"), measurement("2")]) }
        let beside = try Evaluation(of: students, comparing: .withFirst, bootstrap: bootstrap).differences
        #expect(beside.map { $0.student + $0.baseline } == ["ba", "ca"])
        let stages = try Evaluation(of: students, bootstrap: bootstrap).differences
        #expect(stages.map { $0.student + $0.baseline } == ["ba", "cb", "ca"])
    }

    @Test func winsAreCountedPromptByPrompt() throws {
        let first = try StudentMeasurements(
            name: "a", prompts: [measurement("1", answer: "x"), measurement("2"), measurement("3"), measurement("4")])
        let second = try StudentMeasurements(
            name: "b", prompts: [measurement("1"), measurement("2"), measurement("3", answer: "a b c"), measurement("4", answer: "x")])
        let difference = try second.difference(from: first, bootstrap)
        #expect(difference.winRate?.mean == 0.625 && difference.winRate?.count == 4)
    }

    @Test func qualityDecidesWhichStudentIsWorseAndPromptsWhereItIsEqual() throws {
        func student(_ qualities: [Double?], answers: [String]) throws -> StudentMeasurements {
            let prompts = zip(qualities, answers).enumerated().map { index, pair in
                var prompt = measurement(String(index), answer: pair.1)
                prompt.quality = pair.0
                return prompt
            }
            return try StudentMeasurements(name: "s", prompts: prompts)
        }
        let same = ["x", "x", "x"]
        // One prompt won by much is more than two lost by little.
        let before = try student([0.2, 0.5, 0.5], answers: same)
        let comparison = try student([0.9, 0.4, 0.4], answers: same).comparison(with: before)
        #expect(comparison.won == 1 && comparison.lost == 2 && comparison.isNoWorse && !comparison.isEven)
        #expect(try !before.comparison(with: student([0.9, 0.4, 0.4], answers: same)).isNoWorse)
        // The same mean but for rounding: the prompts decide, here by likeness to the teacher's text.
        let equal = try student([0.1 + 0.2, 0.5, 0.4], answers: ["a b", "x", "x"]).comparison(
            with: student([0.3, 0.5, 0.4], answers: same))
        #expect(equal.isEven && equal.isNoWorse)
        #expect(
            try !student([0.3, 0.5, 0.4], answers: same).comparison(with: student([0.3, 0.5, 0.4], answers: ["a b", "x", "x"])).isNoWorse)
        // Without a known quality as well.
        let unknown = try student([nil, nil, nil], answers: same).comparison(with: student([nil, nil, nil], answers: ["a b", "x", "x"]))
        #expect(unknown.quality == nil && unknown.lost == 1 && !unknown.isNoWorse)
    }

    @Test func factsAreAbsentWhereNoPromptNamesThem() throws {
        let student = try StudentMeasurements(name: "initial", prompts: [measurement("1")])
        #expect(student.evaluation(bootstrap).factsKept == nil)
    }

    @Test func notANumberIsNamedWithStudentAndPrompt() throws {
        let error = try #require(throws: EvaluationError.self) {
            try StudentMeasurements(name: "ranked", prompts: [measurement("ok"), measurement("p-17", logProbabilities: [-1, .nan])])
        }
        #expect(error.code == .notFinite && error.exitStatus == .badData)
        #expect(error.message.contains("\"ranked\"") && error.message.contains("\"p-17\""))
    }

    @Test func studentsOfDifferentPromptsAreNotCompared() throws {
        let first = try StudentMeasurements(name: "initial", prompts: [measurement("1")])
        let second = try StudentMeasurements(name: "warm-up", prompts: [measurement("2")])
        let error = try #require(throws: EvaluationError.self) { try Evaluation(of: [first, second], bootstrap: bootstrap) }
        #expect(error.code == .unpaired)
    }

    @Test func eachStudentIsComparedWithTheOneBeforeAndTheLastWithTheFirst() throws {
        let students = try ["initial", "warm-up", "ranked"].enumerated().map { index, name in
            try StudentMeasurements(
                name: name,
                prompts: (0..<30).map { measurement(String($0), answer: index == 0 ? "x" : "a b", facts: $0 == 0 ? ["a"] : []) })
        }
        let evaluation = try Evaluation(of: students, bootstrap: bootstrap)
        #expect(evaluation.differences.map(\.student) == ["warm-up", "ranked", "ranked"])
        #expect(evaluation.differences.map(\.baseline) == ["initial", "warm-up", "initial"])
        #expect(abs(evaluation.differences[0].rougeL.mean - 2.0 / 3) < 1e-12)
        #expect(evaluation.differences[1].rougeL == Estimate(mean: 0, low: 0, high: 0, count: 30))
        #expect(evaluation.differences[0].factsKept?.mean == 1)
        #expect(evaluation.examples.count == 20)
        #expect(evaluation.examples[0].students == ["x", "a b", "a b"] && evaluation.examples[0].facts == ["a"])
        #expect(evaluation.examples[0].factsKept == [0, 1, 1] && evaluation.examples[1].factsKept == nil)
        #expect(evaluation.examples[0].prompt == "prompt 0" && evaluation.examples[1].facts == nil)
    }

    @Test func factsAreFoundToTheLetter() {
        #expect(Facts.kept(["Ana", "Zoë", "$12.50"], in: "Ana paid $12.50 to Zoë") == 3)
        #expect(Facts.kept(["ana", "Zoe\u{308}"], in: "Ana paid $12.50 to Zoë") == 0)
        #expect(Facts.kept([], in: "text") == 0)
        #expect(Facts.kept(["12"], in: "312 and 120") == 0)
        #expect(Facts.kept(["12"], in: "312, 12kg") == 1)
        #expect(Facts.kept(["longer than the text"], in: "text") == 0)
    }
}
