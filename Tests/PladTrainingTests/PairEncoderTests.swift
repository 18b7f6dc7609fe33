import PladRecords
import PladStudent
import PladTokenizer
import PladTraining
import Testing

@Suite struct PairEncoderTests {
    private func outcome(_ pair: PreferencePair, ranks: Bool = true, of name: String = "llama-gqa-tied") throws -> PairEncoder.Outcome {
        try PairEncoder(student: Fixture(name).student()).encode(pair, id: "p", ranks: ranks, stage: .train)
    }

    private func state(_ pair: PreferencePair, of name: String = "llama-gqa-tied") throws -> Drop.State? {
        if case .dropped(let drop) = try outcome(pair, of: name) { drop.state } else { nil }
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

    @Test func aChosenSideWithoutTextIsDroppedAsEmpty() throws {
        let end = try Fixture("llama-untied-sp").student().endOfSequence[0]
        for chosen in ["", " \n", "</s>", " </s></s> "] {
            let pair = PreferencePair(prompt: "Once", chosen: chosen, rejected: " x")
            #expect(try state(pair, of: "llama-untied-sp") == .empty, "\(chosen)")
        }
        #expect(try state(PreferencePair(promptIDs: [5], chosenIDs: [end], rejectedIDs: [8]), of: "llama-untied-sp") == .empty)
        // How likely silence is can be measured all the same.
        let silence = PreferencePair(promptIDs: [5], chosenIDs: [end])
        guard
            case .usable = try PairEncoder(student: Fixture("llama-untied-sp").student()).encode(
                silence, id: "p", ranks: false, stage: .evaluate)
        else { Issue.record("dropped"); return }
        // A student that says nothing is ranked low.
        #expect(try state(PreferencePair(prompt: "Once", chosen: " x", rejected: "")) == nil)
    }

    @Test func specialTokensThatTextsSpellOutStandOnce() throws {
        let student = try Fixture("llama-untied-sp").student()
        let tokenizer = student.tokenizer
        let (begin, end) = (try #require(tokenizer.beginningOfSequence), student.endOfSequence[0])
        let (opening, ending) = (try #require(tokenizer.token(of: begin)), try #require(tokenizer.token(of: end)))
        let plain = PreferencePair(prompt: "the house", chosen: " is old", rejected: " is")
        let spelled = PreferencePair(
            prompt: opening + "the house", chosen: " is old" + ending, rejected: " is" + ending + ending + "\n")
        guard case .usable(let wanted) = try outcome(plain, of: "llama-untied-sp"),
            case .usable(let found) = try outcome(spelled, of: "llama-untied-sp")
        else {
            Issue.record("dropped")
            return
        }
        #expect(wanted.prompt.count(where: { $0 == begin }) == 1 && found.prompt == wanted.prompt)
        #expect(found.completions == wanted.completions)
        // What stands inside an answer is text: it quotes the token.
        let quoted = PreferencePair(prompt: "a", chosen: " b" + ending + " c", rejected: " d")
        guard case .usable(let quoting) = try outcome(quoted, of: "llama-untied-sp") else { Issue.record("dropped"); return }
        #expect(quoting.chosen.count(where: { $0 == end }) == 1 && quoting.chosen.last == end)
    }

    @Test func dropsAreCountedByReason() throws {
        let pairs = [("a", ""), ("b", " "), ("c", " x")].map { PreferencePair(id: $0, prompt: "Once", chosen: $1, rejected: " x") }
        let encoder = try PairEncoder(student: Fixture("llama-gqa-tied").student())
        let drops = try pairs.compactMap { pair -> Drop? in
            if case .dropped(let drop) = try encoder.encode(pair, id: pair.id!, ranks: true, stage: .train) { drop } else { nil }
        }
        let tokens = encoder.encodeCompletion(" x", isWhole: true).count
        #expect(
            drops.countsByReason
                == "2 empty (a: the chosen completion has no text), 1 equalSides (c: chosen and rejected are the same \(tokens) tokens)")
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
