import PladRecords

/// All added tokens of a tokenizer, with the matchers that find them in texts.
struct AddedTokens: Sendable {
    private(set) var byID: [TokenID: AddedToken] = [:]
    private(set) var ids: [String: TokenID] = [:]
    /// Decoded bytes of the tokens that are matched after normalization: their normalized form, as in Hugging Face `tokenizers`.
    private(set) var spellings: [TokenID: [UInt8]] = [:]
    /// One more than the highest id.
    private(set) var size = 0
    /// Matcher for the text before normalization.
    private(set) var matcher = AddedTokenMatcher()
    /// Matcher for the normalized text.
    private(set) var normalizedMatcher = AddedTokenMatcher()
    /// The same two matchers without special tokens, for text that must not be able to spell one.
    private(set) var continuationMatcher = AddedTokenMatcher()
    private(set) var normalizedContinuationMatcher = AddedTokenMatcher()

    /// Checks that ids and contents agree between the files, and adds the special tokens that only the
    /// configuration names, as `transformers` does. Tokens with the id `tableSize` or a higher one are left out.
    init(
        _ file: TokenizerFile, _ configuration: TokenizerConfiguration, vocabulary: Vocabulary, _ normalizer: (any Normalizer)?,
        tableSize: Int
    ) throws {
        let all = try file.addedTokens()
        let beyond = Set(all.filter { Int($0.id) >= tableSize }.map(\.content))
        var tokens = all.filter { !beyond.contains($0.content) }
        for token in tokens { try register(token, vocabulary, file.name) }
        for named in configuration.namedTokens where ids[named.content] == nil && !beyond.contains(named.content) {
            guard let id = vocabulary.id(of: named.content.utf8) else {
                throw TokenizerError(
                    .files, "\(named.place) is \"\(named.content)\", which tokenizer.json does not know; add it to its added_tokens")
            }
            var token = AddedToken(id: id, content: named.content)
            if let flags = named.flags { try token.readFlags(flags) }
            tokens.append(token)
            try register(token, vocabulary, named.place)
        }
        for (id, content) in configuration.addedTokens where ids[content].map(String.init) != id && !beyond.contains(content) {
            throw TokenizerError(
                .files,
                "\(configuration.place): added_tokens_decoder says that \"\(content)\" is token \(id), but tokenizer.json does not")
        }
        // Special tokens first: of equal patterns the first counts.
        for token in tokens.filter(\.special) + tokens.filter({ !$0.special }) {
            var pattern = Array(token.content.utf8)
            if token.normalized {
                normalizer?.normalize(&pattern, at: .inside)
                spellings[token.id] = pattern
            }
            guard !pattern.isEmpty else {
                throw TokenizerError(.files, "\(file.name): the normalizer leaves nothing of the added token \"\(token.content)\"")
            }
            if token.normalized { normalizedMatcher.add(token, as: pattern) } else { matcher.add(token, as: pattern) }
            guard !token.special else { continue }
            if token.normalized {
                normalizedContinuationMatcher.add(token, as: pattern)
            } else {
                continuationMatcher.add(token, as: pattern)
            }
        }
    }

    private mutating func register(_ token: AddedToken, _ vocabulary: Vocabulary, _ place: String) throws {
        let known = vocabulary.spelling(of: token.id).map { String(decoding: $0, as: UTF8.self) }
        let known2 = vocabulary.id(of: token.content.utf8)
        guard known == nil || known == token.content, known2 == nil || known2 == token.id, byID[token.id] == nil, ids[token.content] == nil
        else {
            throw TokenizerError(
                .files,
                "\(place): the added token \"\(token.content)\" has the id \(token.id), but one of them already belongs to another token")
        }
        byID[token.id] = token
        ids[token.content] = token.id
        size = max(size, Int(token.id) + 1)
    }
}
