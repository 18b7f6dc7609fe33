import PladRecords
import PladTraining
import Testing

@Suite struct PairRulesTests {
    private func state(
        _ rules: PairRules, chosen: String = "the red rug", rejected: String = "the blue rug", tokens: (Int, Int) = (4, 4),
        similarity: Double = 0.5,
        metric: (chosen: Double, rejected: Double)? = nil
    ) -> Drop.State? {
        rules.objection(
            to: PairSides(
                chosen: chosen, rejected: rejected, chosenTokens: tokens.0, rejectedTokens: tokens.1, similarity: similarity, metric: metric
            ))?
            .state
    }

    @Test func sidesThatSayTheSameAreNeverRanked() {
        #expect(state(PairRules(), rejected: "the red rug") == .equalSides)
        #expect(state(PairRules(), rejected: " The red\nrug!") == .nearDuplicate)
        #expect(state(PairRules(), chosen: "order 12.5", rejected: "order 125") == nil)
        #expect(state(PairRules()) == nil)
    }

    @Test func likenessHasAFloorAndACeilingThatAreAllowed() {
        let rules = PairRules(similarity: 0.2...0.8)
        #expect([0.1, 0.2, 0.8, 0.9].map { state(rules, similarity: $0) } == [.tooDifferent, nil, nil, .tooSimilar])
    }

    @Test func theDropNamesTheMeasure() {
        for measure in [SimilarityMetric.rougeL, .chrF] {
            let sides = PairSides(chosen: "a", rejected: "b", chosenTokens: 1, rejectedTokens: 1, similarity: 0.9, measure: measure)
            #expect(
                PairRules(similarity: 0...0.8).objection(to: sides)?.detail
                    == "\(measure.rawValue) to the chosen text is 0.9, above `pairing.max_similarity` 0.8")
        }
    }

    @Test func lengthsAreComparedBothWays() {
        let rules = PairRules(maxLengthRatio: 2)
        #expect(state(rules, tokens: (4, 8)) == nil)
        #expect(state(rules, tokens: (4, 9)) == .unevenLengths)
        #expect(state(rules, tokens: (9, 4)) == .unevenLengths)
    }

    @Test func metricMustPreferTheChosenSideWhereItJudges() {
        let rules = PairRules(prefersMetric: true)
        #expect(state(rules, metric: (1, 0.5)) == nil)
        #expect(state(rules, metric: (0.5, 0.5)) == .notPreferred)
        #expect(state(rules, metric: nil) == nil)
        #expect(state(PairRules(), metric: (0, 1)) == nil)
    }
}
