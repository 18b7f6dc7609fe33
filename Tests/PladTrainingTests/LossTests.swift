import PladRecords
import PladTraining
import Testing

@Suite struct LossTests {
    /// Score pairs on both sides of the hinge's corner, and at it.
    private static let scores: [[Double]] = [[-3, -9], [-9, -3], [-5, -5.4], [-5, -6], [-0.1, -200], [-200, -0.1]]

    private static func pair(_ chosen: Double, _ rejected: Double) -> [Candidate] {
        [Candidate(score: chosen), Candidate(score: rejected)]
    }

    @Test(arguments: scores) func rankIsTheHingePlusLambdaTimesTheLikelihood(scores: [Double]) {
        let loss = RankLoss([.margin: 1, .lambda: 0.1])
        let expected = max(0, 1 - scores[0] + scores[1]) - 0.1 * scores[0]
        #expect(loss(Self.pair(scores[0], scores[1])).value == expected)
    }

    @Test func pairOutsideTheMarginHasNoGradientWithoutLambda() {
        #expect(RankLoss([.lambda: 0])(Self.pair(-2, -5)) == LossValue(value: 0, gradients: [0, 0]))
        var candidates = [
            Candidate(score: -2, reference: -20, quality: 1), Candidate(score: -5, reference: -1, quality: 0),
        ]
        #expect(MarginLoss([.lambda: 0, .scale: 3])(candidates).gradients == [0, 0])
        #expect(HingeNormLoss()(candidates).gradients == [0, 0])
        candidates[1].score = -1e3
        #expect(ListLoss([.lambda: 0])(candidates).gradients == [0, 0])
    }

    @Test func marginAsksForLessWhereTheSampleIsNearlyAsGood() {
        func value(_ quality: Double) -> Double {
            MarginLoss([.scale: 10, .lambda: 0])([Candidate(score: -4, quality: 1), Candidate(score: -4, quality: quality)]).value
        }
        #expect(value(0.2) == 8)
        #expect(abs(value(0.9) - 1) < 1e-12)
        #expect(value(1) == 0)
    }

    @Test func listAsksForMoreTheFurtherApartTwoCandidatesRank() {
        let candidates = [1, 0.5, 0.1].map { Candidate(score: -3, quality: $0) }
        #expect(ListLoss([.margin: 2, .lambda: 0])(candidates) == LossValue(value: 2 + 4 + 2, gradients: [-2, 0, 2]))
        let even = [1, 0.5, 0.5].map { Candidate(score: -3, quality: $0) }
        #expect(ListLoss([.margin: 2, .lambda: 0])(even) == LossValue(value: 2 + 4, gradients: [-2, 1, 1]))
    }

    @Test func expectedRewardRaisesWhatIsBetterThanTheMean() {
        let candidates = [1, 0.4, 0.1].map { Candidate(score: -700, quality: $0) }
        let value = ExpectedRewardLoss([.lambda: 0])(candidates)
        #expect(abs(value.value + 0.5) < 1e-12)
        for (gradient, quality) in zip(value.gradients, [1, 0.4, 0.1]) { #expect(abs(gradient + (quality - 0.5) / 3) < 1e-12) }
    }

    @Test func rrhfCountsOnlyPairsInTheWrongOrder() {
        let candidates = [(-1.0, 1.0), (-0.5, 0.6), (-2.0, 0.6)].map { Candidate(score: $0, quality: $1) }
        #expect(RRHFLoss()(candidates) == LossValue(value: 0.5 + 1, gradients: [-1 - 1, 1, 0]))
        // Two that are as good have no order, whichever is likelier.
        let even = [(-1.0, 1.0), (-3.0, 0.6), (-2.0, 0.6)].map { Candidate(score: $0, quality: $1) }
        #expect(RRHFLoss()(even) == LossValue(value: 1, gradients: [-1, 0, 0]))
    }

    @Test(arguments: Losses.all.filter { $0.defaults.values[.lambda] != nil }.map { $0.name })
    func lambdaWeighsTheChosenLikelihoodBesideTheRanking(name: String) throws {
        let type = try Losses.named(name)
        let candidates = (0..<3).map { Candidate(score: -3 - Double($0), tokens: 4, reference: -4, quality: 1 - 0.3 * Double($0)) }
            .prefix(type.reads.contains(.group) ? 3 : 2)
        let values = [0, 0.3].map { type.init([.lambda: $0])(Array(candidates)) }
        #expect(abs(values[1].value - values[0].value - 0.3 * 3) < 1e-12)
        let changes = zip(values[1].gradients, values[0].gradients).map { $0 - $1 }
        #expect(abs(changes[0] + 0.3) < 1e-12 && changes.dropFirst().allSatisfy { $0 == 0 }, "\(changes)")
    }

    /// What `--help` and docs/experiments.md say of each; a change of a default is a change for everyone who gives none.
    @Test func numbersAndNormsThatAreNotGivenAreTheDocumentedOnes() {
        let documented: [(name: String, defaults: LossSettings, norms: [Norm])] = [
            ("rank", [.margin: 1, .lambda: 1], [.sum, .mean]), ("margin", [.scale: 3, .lambda: 1], [.sum, .mean]),
            ("logistic", [.beta: 0.1, .lambda: 0], [.sum, .mean]), ("hinge-norm", [.gamma: 0.05, .lambda: 0], [.sum, .mean]),
            ("dpo", [.beta: 0.1, .lambda: 0], [.sum, .mean]), ("ipo", [.beta: 0.1, .lambda: 0], [.mean]),
            ("simpo", [.beta: 2, .gamma: 1, .lambda: 0], [.mean]), ("cpo", [.beta: 0.1, .alpha: 1], [.sum]),
            ("orpo", [.alpha: 0.1], [.mean]), ("dpkd", [.beta: 0.1], [.mean]), ("list", [.margin: 1, .lambda: 1], [.sum, .mean]),
            ("expected-reward", [.lambda: 0.1], [.sum, .mean]), ("rrhf", [:], [.mean]), ("sft", [:], [.sum]),
        ]
        #expect(Losses.all.map { $0.name } == documented.map(\.name))
        for (type, expected) in zip(Losses.all, documented) {
            #expect(type.defaults == expected.defaults && type.norms == expected.norms, "\(type.name)")
        }
    }

    /// Far from every corner the slope is the gradient; the candidates lie so that all branches of all losses are met.
    @Test(arguments: Losses.all.map { $0.name }) func gradientMatchesFiniteDifferences(name: String) throws {
        let type = try Losses.named(name)
        let loss = type.init()
        for (shift, scores) in Self.scores.enumerated() {
            var candidates = scores.enumerated().map { index, score in
                Candidate(
                    score: score, tokens: 3 + index, reference: score - 0.37 * Double(shift * (1 - 2 * index)),
                    quality: index == 0 ? 1 : 0.31)
            }
            if type.reads.contains(.group) { candidates.append(Candidate(score: -5.2, tokens: 7, quality: 0.2)) }
            if !type.ranks { candidates.removeLast() }
            // At a corner there is no derivative to compare with: a gap of exactly the margin is moved away.
            candidates[0].score += 0.0123
            let value = loss(candidates)
            for index in candidates.indices {
                let step = 1e-6
                let moved = [-step, step].map { delta in
                    var candidates = candidates
                    candidates[index].score += delta
                    return loss(candidates).value
                }
                let slope = (moved[1] - moved[0]) / (2 * step)
                #expect(abs(slope - value.gradients[index]) < 1e-6 * max(1, abs(slope)), "\(name) at \(candidates), candidate \(index)")
            }
        }
    }

    /// Without the term that keeps the chosen side likely a loss is what it is at λ 0, and so is its gradient.
    @Test func aPairThatKeepsNothingLikelyIsRankedAlone() {
        let candidates = [
            Candidate(score: -4.5, tokens: 5, reference: -3, quality: 1), Candidate(score: -4, tokens: 4, reference: -5, quality: 0.2),
        ]
        for (loss, bare) in [
            (RankLoss([.lambda: 0.7]) as any Loss, RankLoss([.lambda: 0]) as any Loss),
            (MarginLoss([.lambda: 2]), MarginLoss([.lambda: 0])),
            (DPOLoss([.lambda: 1]), DPOLoss()), (ListLoss([.lambda: 0.5]), ListLoss([.lambda: 0])),
            (CPOLoss([.alpha: 3]), CPOLoss([.alpha: 0])),
        ] {
            let (value, expected) = (loss.value(of: candidates, keepsChosen: false), bare(candidates))
            #expect(abs(value.value - expected.value) < 1e-12, "\(loss)")
            for (own, other) in zip(value.gradients, expected.gradients) { #expect(abs(own - other) < 1e-12, "\(loss)") }
            #expect(loss.value(of: candidates) == loss(candidates))
            #expect(loss.value(of: [candidates[0]], keepsChosen: false).gradients == [0])
        }
        // Fine-tuning has nothing but that term: the better sample is what it trains on.
        #expect(LikelihoodLoss().value(of: [candidates[0]], keepsChosen: false).gradients == [-1])
    }

    @Test(arguments: Losses.all.map { $0.name }) func scoresFarApartStayFinite(name: String) throws {
        let type = try Losses.named(name)
        for (chosen, rejected) in [(-1e4, -0.0), (-0.0, -1e4)] {
            let candidates = [
                Candidate(score: chosen, tokens: 9, reference: -3, quality: 1),
                Candidate(score: rejected, tokens: 9, reference: -3, quality: 0),
            ]
            let value = type.init()(candidates)
            #expect(value.value.isFinite && value.gradients.allSatisfy(\.isFinite), "\(name)")
        }
    }

    @Test func unknownLossIsRefusedWithTheNamesThereAre() {
        let error = #expect(throws: TrainingError.self) { try Losses.named("rnak") }
        #expect(
            error?.message
                == "there is no loss \"rnak\"; choose one of: rank, margin, logistic, hinge-norm, dpo, ipo, simpo, cpo, orpo, dpkd, list, expected-reward, rrhf, sft"
        )
    }

    @Test func numberThatALossDoesNotTakeIsRefusedByName() throws {
        let error = #expect(throws: TrainingError.self) { try Losses.settings(of: RankLoss.self, given: [.beta: 0.1]) }
        #expect(error?.message == "`beta` 0.1: the loss rank has no beta; it takes `lambda`, `margin`")
        #expect(error?.exitStatus == .usage)
        #expect(throws: TrainingError.self) { try Losses.settings(of: DPOLoss.self, given: [.beta: 0]) }
        #expect(try Losses.settings(of: DPOLoss.self, given: [.beta: 0.3]) == [.beta: 0.3, .lambda: 0])
    }

    @Test func lossThatIsDefinedPerTokenRefusesSums() throws {
        #expect(throws: TrainingError.self) { try Losses.norm(of: SimPOLoss.self, given: .sum) }
        #expect(try Losses.norm(of: SimPOLoss.self, given: nil) == .mean)
        #expect(try Losses.norm(of: RankLoss.self, given: .mean) == .mean)
    }

    @Test func meanDividesTheScoreAndItsGradientByTheTokens() {
        #expect(Norm.mean.score(logProbability: -12, tokens: 4) == -3)
        #expect(Norm.mean.scale(tokens: 4) == 0.25)
        #expect(Norm.sum.score(logProbability: -12, tokens: 4) == -12)
    }
}
