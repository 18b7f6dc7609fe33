package import PladRecords

extension Tokenizer {
    /// The ids of a text, equal to those of Hugging Face `tokenizers`. `addSpecialTokens` adds those of the
    /// post-processor, such as a beginning-of-sequence token.
    package func encode(_ text: String, addSpecialTokens: Bool) -> [TokenID] {
        let (first, second) =
            splitsSpecialTokens
            ? (addedTokens.continuationMatcher, addedTokens.normalizedContinuationMatcher)
            : (addedTokens.matcher, addedTokens.normalizedMatcher)
        var ids = encode(Array(text.utf8), at: .start, first, second)
        if addSpecialTokens { postProcessor.apply(to: &ids) }
        return ids
    }

    /// The ids of a prompt: like `encode` with special tokens, but without adding one that the text already spells at that end.
    package func encodePrompt(_ text: String) -> [TokenID] {
        var ids = encode(text, addSpecialTokens: false)
        postProcessor.complete(&ids)
        return ids
    }

    /// The ids of a text that directly follows a prompt, so that the texts of prompt and continuation concatenate exactly: no special
    /// tokens, no dummy prefix space.
    ///
    /// A special token's spelling is plain text here: a completion that quotes the end-of-sequence token does not end. A normalizer
    /// such as NFC still applies. If completions stand alone, the text is encoded as a whole one, but without special tokens.
    package func encodeContinuation(_ text: String) -> [TokenID] {
        encode(
            Array(text.utf8), at: completionsStandAlone ? .start : .continuation, addedTokens.continuationMatcher,
            addedTokens.normalizedContinuationMatcher)
    }

    private func encode(
        _ text: [UInt8], at place: TextPlace, _ matcher: AddedTokenMatcher, _ normalizedMatcher: AddedTokenMatcher
    ) -> [TokenID] {
        var ids: [TokenID] = []
        ids.reserveCapacity(text.count / 3 + 8)
        for segment in matcher.segments(of: text) {
            if let token = segment.token {
                ids.append(token)
                continue
            }
            let here: TextPlace = place == .start && segment.range.lowerBound > 0 ? .inside : place
            var part = segment.range.count == text.count ? text : Array(text[segment.range])
            normalizer?.normalize(&part, at: here)
            encodeNormalized(part, at: here, normalizedMatcher, into: &ids)
        }
        return ids
    }

    private func encodeNormalized(_ text: [UInt8], at place: TextPlace, _ matcher: AddedTokenMatcher, into ids: inout [TokenID]) {
        for segment in matcher.segments(of: text) {
            if let token = segment.token {
                ids.append(token)
                continue
            }
            let here: TextPlace = place == .start && segment.range.lowerBound > 0 ? .inside : place
            var list = PieceList(segment.range.count == text.count ? text : Array(text[segment.range]), at: here)
            preTokenizer?.split(&list)
            model.encode(list, into: &ids)
        }
    }
}
