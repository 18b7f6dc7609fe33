import Foundation
import PladRecords

/// The parts of `tokenizer.json`: small sections as values, vocabulary and merges as byte ranges.
struct TokenizerFile {
    private(set) var sections: [String: JSONValue] = [:]
    private(set) var model: [String: JSONValue] = [:]
    private var vocab: Range<Int>?
    private var merges: Range<Int>?
    private let bytes: UnsafeBufferPointer<UInt8>
    /// The file's path, for errors.
    let name: String

    /// Parses `bytes`, which must outlive this value. Throws `TokenizerError` with the line of invalid JSON.
    init(_ bytes: UnsafeBufferPointer<UInt8>, name: String) throws {
        self.bytes = bytes
        self.name = name
        var scanner = JSONScanner(bytes, name: name)
        var file = (sections: [String: JSONValue](), model: [String: JSONValue](), vocab: Range<Int>?.none, merges: Range<Int>?.none)
        try scanner.object { scanner, key in
            guard file.sections[key] == nil else { throw scanner.failure("\"\(key)\" appears twice") }
            guard key == "model" else {
                file.sections[key] = try scanner.value()
                return
            }
            file.sections[key] = .null
            try scanner.object { scanner, key in
                guard file.model[key] == nil else { throw scanner.failure("\"\(key)\" appears twice") }
                file.model[key] = .null
                switch key {
                case "vocab": file.vocab = try scanner.skip()
                case "merges": file.merges = try scanner.skip()
                default: file.model[key] = try scanner.value()
                }
            }
        }
        try scanner.end()
        sections = file.sections
        model = file.model
        vocab = file.vocab
        merges = file.merges
        for key in ["vocab", "merges"] { model[key] = nil }
    }

    /// A scanner at the start of the model's vocabulary.
    var vocabScanner: JSONScanner? { vocab.map { JSONScanner(bytes, name: name, from: $0.lowerBound) } }

    /// A scanner at the start of the model's merge rules.
    var mergesScanner: JSONScanner? { merges.map { JSONScanner(bytes, name: name, from: $0.lowerBound) } }

    func section(_ key: String, _ prefixSpace: PrefixSpace? = nil) throws -> Section? {
        guard var value = sections[key], value != .null else { return nil }
        if let prefixSpace {
            guard let changed = prefixSpace.applied(to: value) else { return nil }
            value = changed
        }
        return try Section(value, place: "\(name): \(key)")
    }

    func modelSection() throws -> Section {
        try Section(.object(model), place: "\(name): model")
    }

    func addedTokens() throws -> [AddedToken] {
        guard let value = sections["added_tokens"], value != .null else { return [] }
        return try Section(.object(["added_tokens": value]), place: name, isWholeFile: true).sections("added_tokens").map(AddedToken.init)
    }
}
