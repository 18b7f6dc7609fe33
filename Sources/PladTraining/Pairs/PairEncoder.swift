package import PladRecords
package import PladStudent
import PladTokenizer

/// Encodes pairs as token ids and drops those that cannot be trained on.
package struct PairEncoder {
    private let tokenizer: Tokenizer
    private let endOfSequence: TokenID?
    /// Spellings of the student's end-of-sequence tokens.
    private let endings: [String]
    private let configuration: StudentConfiguration

    package init(student: Student) {
        tokenizer = student.tokenizer
        endOfSequence = student.endOfSequence.first
        endings = student.endOfSequence.compactMap { student.tokenizer.specialSpelling(of: $0) }
        configuration = student.configuration
    }

    package enum Outcome {
        case usable(EncodedGroup)
        case dropped(Drop)
    }

    /// The pair's ids: the given ones, unchanged; else the prompt with the tokenizer's special tokens, and each completion as text that
    /// directly follows it, ended by the end-of-sequence token. A special token that a text already spells at that end is not added
    /// again.
    ///
    /// A chosen side without text is dropped, since no student should learn to say nothing; a rejected one is kept, and ranked low.
    ///
    /// Throws `TrainingError` if a side is missing or an id is outside the vocabulary: such a file is damaged.
    package func encode(_ pair: PreferencePair, id: String, ranks: Bool, stage: Drop.Stage, split: Split = .train) throws -> Outcome {
        let prompt = try ids(pair.promptIDs, pair.prompt.map(encodePrompt), "prompt", id)
        let chosen = try ids(pair.chosenIDs, pair.chosen.map { encodeCompletion($0, isWhole: true) }, "chosen", id)
        let rejected = ranks ? try ids(pair.rejectedIDs, pair.rejected.map { encodeCompletion($0, isWhole: true) }, "rejected", id) : nil
        var encoded = EncodedGroup(
            id: id, prompt: prompt, candidates: [EncodedCandidate(ids: chosen, quality: pair.chosenQuality)],
            keepsChosen: pair.keepsChosen ?? true)
        if let rejected { encoded.candidates.append(EncodedCandidate(ids: rejected, quality: pair.rejectedQuality)) }

        func drop(_ state: Drop.State, _ detail: String) -> Outcome {
            .dropped(Drop(stage: stage, id: id, split: split, round: pair.round, sample: pair.sample, state: state, detail: detail))
        }
        if prompt.isEmpty { return drop(.emptyPrompt, "the prompt has no tokens, so nothing predicts the first one") }
        let isBlank = pair.chosenIDs == nil && pair.chosen.map { withoutEndings($0).allSatisfy(\.isWhitespace) } == true
        // To measure how likely silence is, is another matter.
        if chosen.isEmpty || stage != .evaluate && (isBlank || chosen.allSatisfy { $0 == endOfSequence }) {
            return drop(.empty, "the chosen completion has no text")
        }
        if rejected?.isEmpty == true { return drop(.emptySample, "the rejected completion has no tokens") }
        if chosen == rejected {
            return drop(.equalSides, "chosen and rejected are the same \(chosen.count) tokens")
        }
        let longest = encoded.completions.map(\.count).max()!
        if !configuration.fits(prompt: prompt.count, completion: longest) {
            return drop(
                .tooLong,
                "prompt and completion take \(prompt.count) and \(longest) tokens; the student's context holds \(configuration.contextLength)"
            )
        }
        return .usable(encoded)
    }

    package func encodePrompt(_ text: String) -> [TokenID] {
        tokenizer.encodePrompt(text)
    }

    /// A completion's ids, ended by the end-of-sequence token if the student has one and the text is whole.
    ///
    /// A whole text that already ends with the spelling of such a token gets no second one.
    package func encodeCompletion(_ text: String, isWhole: Bool) -> [TokenID] {
        guard isWhole, let endOfSequence else { return tokenizer.encodeContinuation(text) }
        return tokenizer.encodeContinuation(String(withoutEndings(text))) + [endOfSequence]
    }

    /// The text without the end-of-sequence tokens, and the white space between them, that it spells at its end.
    private func withoutEndings(_ text: String) -> Substring {
        var text = Substring(text)
        while true {
            let trimmed = text[..<(text.lastIndex { !$0.isWhitespace }.map { text.index(after: $0) } ?? text.startIndex)]
            guard let ending = endings.first(where: { trimmed.hasSuffix($0) }) else { return text }
            text = trimmed.dropLast(ending.count)
        }
    }

    private func ids(_ given: [TokenID]?, _ encoded: [TokenID]?, _ side: String, _ id: String) throws -> [TokenID] {
        guard let ids = given ?? encoded else {
            throw TrainingError(.noPairs, "pair \(id) has neither \"\(side)\" nor \"\(side)_ids\"; give one of them")
        }
        if let wrong = ids.first(where: { $0 < 0 || Int($0) >= configuration.vocabularySize }) {
            throw TrainingError(
                .noPairs,
                "pair \(id): \(side) holds the id \(wrong), but the student's vocabulary has \(configuration.vocabularySize) tokens; is it another student's file?"
            )
        }
        return ids
    }
}

extension [Drop] {
    /// The number of drops by reason, the most frequent first, with an example of each: "2 empty (line-1: the chosen completion has no
    /// text)".
    package var countsByReason: String {
        Dictionary(grouping: self, by: \.state).sorted { ($1.value.count, $0.key.rawValue) < ($0.value.count, $1.key.rawValue) }
            .map { "\($0.value.count) \($0.key.rawValue) (\($0.value[0].id): \($0.value[0].detail))" }.joined(separator: ", ")
    }
}
