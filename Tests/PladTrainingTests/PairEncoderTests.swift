import PladRecords
import PladStudent
import PladTokenizer
import PladTraining
import Testing

@Suite struct PairEncoderTests {
    private func outcome(_ pair: PreferencePair, ranks: Bool = true) throws -> PairEncoder.Outcome {
        try PairEncoder(student: Fixture("llama-gqa-tied").student()).encode(pair, id: "p", ranks: ranks, stage: .train)
    }

    private func state(_ pair: PreferencePair) throws -> Drop.State? {
        if case .dropped(let drop) = try outcome(pair) { drop.state } else { nil }
    }

    @Test func idsAreUsedExactlyAsGiven() throws {
        let pair = PreferencePair(promptIDs: [5, 6], chosenIDs: [7], rejectedIDs: [8, 9])
        guard case .usable(let encoded) = try outcome(pair) else { Issue.record("dropped"); return }
        #expect(encoded == EncodedGroup(id: "p", prompt: [5, 6], chosen: [7], rejected: [8, 9]))
    }

    @Test func textCompletionsAreEndedByTheEndOfSequence() throws {
        let student = try Fixture("llama-gqa-tied").student()
        guard case .usable(let encoded) = try outcome(PreferencePair(prompt: "the house", chosen: " is old", rejected: " is")) else {
            Issue.record("dropped")
            return
        }
        #expect(encoded.chosen == student.tokenizer.encode(" is old", addSpecialTokens: false) + [student.endOfSequence[0]])
        #expect(encoded.completions[1].last == student.endOfSequence[0])
    }

    @Test func pairsThatCannotBeTrainedOnHaveNamedStates() throws {
        #expect(try state(PreferencePair(promptIDs: [], chosenIDs: [7], rejectedIDs: [8])) == .emptyPrompt)
        #expect(try state(PreferencePair(promptIDs: [5], chosenIDs: [], rejectedIDs: [8])) == .empty)
        #expect(try state(PreferencePair(promptIDs: [5], chosenIDs: [7], rejectedIDs: [])) == .emptySample)
        #expect(try state(PreferencePair(promptIDs: [5], chosenIDs: [7, 8], rejectedIDs: [7, 8])) == .equalSides)
        let long = [TokenID](repeating: 5, count: 256)
        #expect(try state(PreferencePair(promptIDs: long, chosenIDs: [7], rejectedIDs: [8])) == .tooLong)
        #expect(try state(PreferencePair(promptIDs: Array(long.dropLast()), chosenIDs: [7], rejectedIDs: [8])) == nil)
    }

    @Test func missingSideAndForeignIdAreErrorsThatNameThePair() throws {
        let missing = #expect(throws: TrainingError.self) { try outcome(PreferencePair(prompt: "a", chosen: "b")) }
        #expect(missing?.message == "pair p has neither \"rejected\" nor \"rejected_ids\"; give one of them")
        let foreign = #expect(throws: TrainingError.self) {
            try outcome(PreferencePair(promptIDs: [5], chosenIDs: [70_000], rejectedIDs: [8]))
        }
        #expect(foreign?.message.contains("70000") == true)
    }
}
