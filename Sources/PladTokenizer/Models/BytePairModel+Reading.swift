import PladRecords

extension BytePairModel {
    /// Reads a model of type `BPE`.
    ///
    /// - Parameters:
    ///   - section: the model's fields except `vocab` and `merges`, which are scanned from the file's bytes.
    ///   - readsBytes: true if the pre-tokenizer hands over bytes.
    static func read(_ section: Section, vocab: JSONScanner?, merges: JSONScanner?, readsBytes: Bool) throws -> BytePairModel {
        try section.only(
            "dropout", "unk_token", "continuing_subword_prefix", "end_of_word_suffix", "fuse_unk", "byte_fallback", "ignore_merges")
        if let dropout = section["dropout"], dropout.double != 0 {
            throw section.failure("dropout", "is set; plad knows no dropout in tokenizers")
        }
        for field in ["continuing_subword_prefix", "end_of_word_suffix"] where try !section.string(field, default: "").isEmpty {
            throw section.failure(field, "is not known to plad; use a tokenizer without it")
        }
        guard var vocab else { throw section.failure("vocab", "is missing") }
        guard var merges else { throw section.failure("merges", "is missing") }
        let vocabulary = try Vocabulary(reading: &vocab, section)
        let unknown = try unknown(section, vocabulary)
        return BytePairModel(
            vocabulary: vocabulary,
            rules: try rules(&merges, section, vocabulary),
            alphabet: BytePairAlphabet(readsBytes: readsBytes, unknown: unknown, vocabulary: vocabulary),
            takesWholeTokens: try section.bool("ignore_merges", default: false))
    }

    private static func unknown(_ section: Section, _ vocabulary: Vocabulary) throws -> BytePairAlphabet.Unknown {
        var unknown = BytePairAlphabet.Unknown(token: nil, fuses: try section.bool("fuse_unk", default: false), bytes: nil)
        if section["unk_token"] != nil {
            let token = try section.string("unk_token")
            guard let id = vocabulary.id(of: token.utf8) else {
                throw section.failure("unk_token", "is \"\(token)\", which is not in the vocabulary")
            }
            unknown.token = id
        }
        if try section.bool("byte_fallback", default: false) {
            unknown.bytes = ByteTokens.ids(in: vocabulary)
        }
        return unknown
    }

    /// Reads merge rules, spelled `"a b"` or `["a", "b"]`.
    private static func rules(_ scanner: inout JSONScanner, _ section: Section, _ vocabulary: Vocabulary) throws -> [MergeTable.Rule] {
        var rules: [MergeTable.Rule] = []
        var spelling: [UInt8] = []
        try scanner.array { scanner in
            spelling.removeAll(keepingCapacity: true)
            let split: Int
            if scanner.peek() == UInt8(ascii: "[") {
                var parts = 0
                var ends = 0
                try scanner.array { scanner in
                    try scanner.string(into: &spelling)
                    parts += 1
                    if parts == 1 { ends = spelling.count }
                }
                guard parts == 2 else { throw section.failure("merges[\(rules.count)]", "does not join two tokens") }
                split = ends
            } else {
                try scanner.string(into: &spelling)
                guard let space = spelling.firstIndex(of: 0x20), !spelling[(space + 1)...].contains(0x20) else {
                    throw section.failure("merges[\(rules.count)]", "does not join two tokens")
                }
                spelling.remove(at: space)
                split = space
            }
            let rule = spelling.withUnsafeBufferPointer { bytes -> MergeTable.Rule? in
                guard let base = bytes.baseAddress, split > 0, split < bytes.count else { return nil }
                let rule = MergeTable.Rule(
                    left: vocabulary.find(base, count: split),
                    right: vocabulary.find(base + split, count: bytes.count - split),
                    result: vocabulary.find(base, count: bytes.count))
                return rule.left >= 0 && rule.right >= 0 && rule.result >= 0 ? rule : nil
            }
            guard let rule else {
                throw section.failure("merges[\(rules.count)]", "joins tokens that are not in the vocabulary, or gives one that is not")
            }
            rules.append(rule)
        }
        guard rules.count < Vocabulary.largestSize else { throw section.failure("merges", "has \(rules.count) rules") }
        return rules
    }
}

/// The tokens `<0x00>` to `<0xFF>`, which spell single bytes.
enum ByteTokens {
    /// The id of each byte's token, or -1.
    static func ids(in vocabulary: Vocabulary) -> [TokenID] {
        (0..<256).map { byte in
            let digits = String(byte, radix: 16, uppercase: true)
            return vocabulary.id(of: "<0x\(byte < 16 ? "0" : "")\(digits)>".utf8) ?? -1
        }
    }

    /// The byte that a token spells, or nil.
    static func byte(of token: [UInt8]) -> UInt8? {
        guard token.count == 6, token.starts(with: "<0x".utf8), token[5] == UInt8(ascii: ">") else { return nil }
        return UInt8(String(decoding: token[3..<5], as: UTF8.self), radix: 16)
    }
}

extension Vocabulary {
    /// Reads a vocabulary of the form `{"token": id}`.
    init(reading scanner: inout JSONScanner, _ section: Section) throws {
        var spellings: [UInt8] = []
        var entries: [(place: Place, id: TokenID)] = []
        try scanner.nested("{", "}") { scanner in
            let start = spellings.count
            try scanner.string(into: &spellings)
            try scanner.take(":")
            guard let id = TokenID(try scanner.number()), id >= 0, id < Self.largestSize else {
                throw scanner.failure("a token's id is not a whole number from 0 to \(Self.largestSize - 1)")
            }
            entries.append((Place(start: UInt32(start), length: Int32(spellings.count - start)), id))
        }
        try self.init(spellings: spellings, entries: entries) { section.failure("vocab", "is ambiguous: \($0)") }
    }
}
