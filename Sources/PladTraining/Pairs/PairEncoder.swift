package import PladRecords
package import PladStudent
import PladTokenizer

/// Turns pairs into token ids, once, and sorts out those that cannot be trained on.
package struct PairEncoder {
    private let tokenizer: Tokenizer
    private let endOfSequence: TokenID?
    private let configuration: StudentConfiguration

    package init(student: Student) {
        tokenizer = student.tokenizer
        endOfSequence = student.endOfSequence.first
        configuration = student.configuration
    }

    package enum Outcome {
        case usable(EncodedGroup)
        case dropped(Drop)
    }

    /// The pair's ids: as given where they are given; else the prompt with the tokenizer's special tokens, and each
    /// completion as text that directly follows it, ended by the end-of-sequence token.
    ///
    /// Throws `TrainingError` where a side is missing or an id is outside the vocabulary: such a file is damaged.
    package func encode(_ pair: PreferencePair, id: String, ranks: Bool, stage: Drop.Stage, split: Split = .train) throws -> Outcome {
        let prompt = try ids(pair.promptIDs, pair.prompt.map(encodePrompt), "prompt", id)
        let chosen = try ids(pair.chosenIDs, pair.chosen.map { encodeCompletion($0, isWhole: true) }, "chosen", id)
        let rejected = ranks ? try ids(pair.rejectedIDs, pair.rejected.map { encodeCompletion($0, isWhole: true) }, "rejected", id) : nil
        var encoded = EncodedGroup(id: id, prompt: prompt, candidates: [EncodedCandidate(ids: chosen, quality: pair.chosenQuality)])
        if let rejected { encoded.candidates.append(EncodedCandidate(ids: rejected, quality: pair.rejectedQuality)) }

        func drop(_ state: Drop.State, _ detail: String) -> Outcome {
            .dropped(Drop(stage: stage, id: id, split: split, round: pair.round, sample: pair.sample, state: state, detail: detail))
        }
        if prompt.isEmpty { return drop(.emptyPrompt, "the prompt has no tokens, so nothing predicts the first one") }
        if chosen.isEmpty { return drop(.empty, "the chosen completion has no tokens") }
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
        tokenizer.encode(text, addSpecialTokens: true)
    }

    /// A completion's ids, ended by the end-of-sequence token where the student has one and the text is whole.
    package func encodeCompletion(_ text: String, isWhole: Bool) -> [TokenID] {
        tokenizer.encodeContinuation(text) + (isWhole ? endOfSequence.map { [$0] } ?? [] : [])
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
