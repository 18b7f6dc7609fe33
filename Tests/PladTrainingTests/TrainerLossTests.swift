import PladRecords
import PladStudent
import PladTraining
import Testing

/// What reaches a loss through the trainer, and what of its gradients reaches the weights.
@Suite struct TrainerLossTests {
    private static let cases = Losses.all.flatMap { loss in loss.norms.map { (loss.name, $0) } }

    /// Each side cut to a length of its own, with a reference and a quality.
    private func groups(_ fixture: Fixture, candidates: Int) -> [EncodedGroup] {
        fixture.pairs.prefix(3).enumerated().map { index, pair in
            let completions = (0..<candidates).map { Array(pair.completions[$0 % 2].prefix(2 + index + 3 * $0)) }
            return EncodedGroup(
                id: pair.id, prompt: pair.prompt,
                candidates: completions.enumerated().map {
                    EncodedCandidate(ids: $1, quality: 1 - 0.3 * Double($0), reference: -11 - 7 * Double($0))
                })
        }
    }

    private func step(_ groups: [EncodedGroup], _ fixture: Fixture, loss: any Loss, norm: Norm) throws -> TrainingStep {
        let settings = TrainingSettings(steps: 1, batchSize: groups.count, learningRate: 1e-4, clip: 0, norm: norm, seed: 3)
        return try Trainer(student: fixture.student(), pairs: groups, loss: loss, settings: settings, phase: "test").step()
    }

    @Test(arguments: cases) func aStepsLossIsTheLossOfWhatTheStudentSays(name: String, norm: Norm) throws {
        let type = try Losses.named(name)
        let fixture = try Fixture("llama-gqa-tied")
        let groups = groups(fixture, candidates: type.reads.contains(.group) ? 3 : type.ranks ? 2 : 1)
        let sums = try fixture.student().logProbabilities(of: groups.map(\.tree)).map { $0.map { $0.reduce(0) { $0 + Double($1) } } }
        let values = zip(groups, sums).map { group, sums in
            type.init()(
                zip(group.candidates, sums).map { candidate, sum in
                    let divisor = norm == .mean ? Double(candidate.ids.count) : 1
                    return Candidate(
                        score: sum / divisor, tokens: candidate.ids.count, reference: candidate.reference! / divisor,
                        quality: candidate.quality)
                }
            ).value
        }
        let isPerToken = name == "sft"
        let divisor = Double(isPerToken ? groups.reduce(0) { $0 + $1.chosen.count } : groups.count)
        let expected = values.reduce(0, +) / divisor
        let step = try step(groups, fixture, loss: type.init(), norm: norm)
        // Both sum the same floats in Double; the passes differ in the order of single precision alone.
        #expect(abs(step.loss - expected) < 1e-4 * max(1, abs(expected)), "\(step.loss), expected \(expected)")
    }

    /// A pair that is not ranked weighs in the likelihood term as one that is.
    @Test(arguments: cases) func aCompletionThatStandsAloneKeepsItsLikelihoodTerm(name: String, norm: Norm) throws {
        let type = try Losses.named(name)
        let loss = type.init()
        let chosen = Candidate(score: -7, tokens: 4, reference: -9, quality: 1)
        let others = (0..<(type.reads.contains(.group) ? 2 : 1)).map {
            Candidate(score: -8 - Double($0), tokens: 5, reference: -9, quality: 0.5)
        }
        let weight = loss.likelihoodWeight(chosen)
        if type.ranks {
            #expect(loss.value(of: [chosen]) == LossValue(value: 7 * weight, gradients: [-weight]))
            // By definition of the term: what a loss falls by when the chosen score alone rises far beyond every margin.
            let far = Candidate(score: 1e6, tokens: 4, reference: -9, quality: 1)
            let gradient = loss([far] + others).gradients[0]
            if name != "ipo" { #expect(abs(gradient + weight) < 1e-6 || name == "orpo", "\(gradient)") }
        } else {
            #expect(loss.value(of: [chosen]) == loss([chosen]))
        }
    }

    /// With all completions of one length a mean is the sum divided by it, and so is the gradient of a loss that is linear in
    /// the scores.
    @Test func theMeanDividesTheGradientByTheLength() throws {
        let fixture = try Fixture("llama-gqa-tied")
        let length = 5
        let groups = fixture.pairs.prefix(3).map { pair in
            EncodedGroup(
                id: pair.id, prompt: pair.prompt, chosen: Array(pair.chosen.prefix(length)),
                rejected: Array(pair.completions[1].prefix(length))
            )
        }
        #expect(groups.allSatisfy { $0.completions.allSatisfy { $0.count == length } })
        let norms = try [Norm.sum, .mean].map { try step(groups, fixture, loss: RankLoss([.margin: 500]), norm: $0).gradientNorm }
        #expect(abs(norms[0] / norms[1] - Double(length)) < 1e-4, "\(norms)")
    }
}
