package import PladRecords

extension Tokenizer {
    /// The text of ids that start a text, equal to that of `transformers`. Ids without a token give nothing.
    package func decode(_ ids: [TokenID], skipSpecialTokens: Bool) -> String {
        var tokens = ids.compactMap { id in skipSpecialTokens && isSpecial(id) ? nil : spelling(of: id) }
        guard let decoder else { return String(decoding: Array(tokens.joined(separator: [0x20])), as: UTF8.self) }
        decoder.decode(&tokens)
        let text = String(decoding: Array(tokens.joined()), as: UTF8.self)
        return cleansUpSpaces ? cleanedUp(text) : text
    }

    /// The text of ids that directly follow a prompt: special tokens skipped, a leading space kept.
    ///
    /// The bytes of all tokens are joined first; invalid UTF-8 becomes U+FFFD. If completions stand alone, the tokenizer's dummy space
    /// is removed.
    package func decodeContinuation(_ ids: [TokenID]) -> String {
        var decoder = streamingDecoder()
        let text = ids.map { decoder.append($0) }.joined()
        return text + decoder.finish()
    }

    /// Decodes a continuation token by token.
    package func streamingDecoder() -> StreamingDecoder {
        StreamingDecoder(tokenizer: self)
    }

    /// The bytes that a token adds in the middle of a text.
    func continuationBytes(of id: TokenID) -> [UInt8] {
        guard !isSpecial(id), var token = spelling(of: id) else { return [] }
        decoder?.decodeContinuation(&token)
        return token
    }

    private func isSpecial(_ id: TokenID) -> Bool {
        addedTokens.byID[id]?.special ?? false
    }

    /// Removes spaces before punctuation like `clean_up_tokenization` of transformers, in its order.
    private func cleanedUp(_ text: String) -> String {
        let rules = [
            (" .", "."), (" ?", "?"), (" !", "!"), (" ,", ","), (" ' ", "'"), (" n't", "n't"), (" 'm", "'m"), (" 's", "'s"),
            (" 've", "'ve"), (" 're", "'re"),
        ]
        var bytes = Array(text.utf8)
        for (from, to) in rules { BytesReplacement(literal: Array(from.utf8), content: Array(to.utf8)).apply(to: &bytes) }
        return String(decoding: bytes, as: UTF8.self)
    }
}
