import PladTraining
import Testing

@Suite struct LossTests {
    /// Score pairs on both sides of the hinge's corner, and at it.
    private static let scores: [[Double]] = [[-3, -9], [-9, -3], [-5, -5.4], [-5, -6], [-0.1, -200], [-200, -0.1]]

    @Test(arguments: scores) func rankIsTheHingePlusLambdaTimesTheLikelihood(scores: [Double]) {
        let loss = RankLoss(LossSettings(margin: 1, lambda: 0.1))
        let expected = max(0, 1 - scores[0] + scores[1]) - 0.1 * scores[0]
        #expect(loss(scores.map { Candidate(score: $0) }).value == expected)
    }

    @Test func pairOutsideTheMarginHasNoGradientWithoutLambda() {
        let loss = RankLoss(LossSettings(margin: 1, lambda: 0))
        #expect(loss([Candidate(score: -2), Candidate(score: -5)]) == LossValue(value: 0, gradients: [0, 0]))
    }

    @Test(arguments: Losses.all.map { $0.name }) func gradientMatchesFiniteDifferences(name: String) throws {
        let loss = try Losses.named(name).init(LossSettings(margin: 1.5, lambda: 0.3))
        // At a corner there is no derivative to compare with; a gap of exactly the margin is left out.
        for scores in Self.scores where scores[0] - scores[1] != 1.5 {
            let value = loss(scores.map { Candidate(score: $0) })
            for index in scores.indices {
                let step = 1e-6
                let moved = [-step, step].map { delta in
                    var scores = scores
                    scores[index] += delta
                    return loss(scores.map { Candidate(score: $0) }).value
                }
                #expect(abs((moved[1] - moved[0]) / (2 * step) - value.gradients[index]) < 1e-6)
            }
        }
    }

    @Test func unknownLossIsRefusedWithTheNamesThereAre() {
        let error = #expect(throws: TrainingError.self) { try Losses.named("rnak") }
        #expect(error?.message == "there is no loss \"rnak\"; choose one of: rank, sft")
    }

    @Test func meanDividesTheScoreAndItsGradientByTheTokens() {
        #expect(Norm.mean.score(logProbability: -12, tokens: 4) == -3)
        #expect(Norm.mean.scale(tokens: 4) == 0.25)
        #expect(Norm.sum.score(logProbability: -12, tokens: 4) == -12)
    }
}
