import Foundation
import PladRecords

/// The content of a tokenizer.json. The vocabulary is a list, since two of its tokens may be equal to Unicode and differ in their bytes.
struct TokenizerJSON {
    /// The members of the file and of its model, but for the vocabulary.
    var members: [String: JSONValue] = [:]
    var model: [String: JSONValue] = [:]
    var vocabulary: [(token: String, id: Int)] = []

    init(members: [String: JSONValue], model: [String: JSONValue], vocabulary: [(token: String, id: Int)]) {
        (self.members, self.model, self.vocabulary) = (members, model, vocabulary)
    }

    /// Throws `RecordError` for a file that is no JSON, or whose vocabulary does not map tokens to ids.
    init(reading file: URL) throws {
        let data = try Data(reading: file)
        try data.withUnsafeBytes { raw in
            let rules = JSONScanner.Rules(deepest: 64, refusesLoneSurrogates: true, refusesEqualNames: true)
            var scanner = JSONScanner(raw.bindMemory(to: UInt8.self), rules, from: 0) { problem, position in
                RecordError(.malformed, "\(file.path): \(problem), at byte \(position)")
            }
            try scanner.object { scanner, key in
                guard key == "model" else { return members[key] = try scanner.value() }
                try scanner.object { scanner, key in
                    guard key == "vocab", scanner.peek() == UInt8(ascii: "{") else { return model[key] = try scanner.value() }
                    try scanner.object { scanner, token in
                        guard let id = try scanner.value().int else { throw scanner.failure("a token has no id") }
                        vocabulary.append((token, id))
                    }
                }
            }
            try scanner.end()
        }
    }

    /// The file's text: members in the order of their names, tokens in that of their ids.
    var text: String {
        let tokens = vocabulary.sorted { $0.id < $1.id }.map { "\(JSONValue.string($0.token).canonical):\($0.id)" }
        let others = model.sorted { $0.key < $1.key }.map { "\(JSONValue.string($0.key).canonical):\($0.value.canonical)" }
        let whole = "{" + (others + ["\"vocab\":{\(tokens.joined(separator: ","))}"]).joined(separator: ",") + "}"
        let parts = members.sorted { $0.key < $1.key }.map { "\(JSONValue.string($0.key).canonical):\($0.value.canonical)" }
        return "{" + (parts + ["\"model\":\(whole)"]).joined(separator: ",") + "}\n"
    }
}
