package import Foundation

/// Converts property names to JSON keys and back: `finishReason` is `finish_reason`, `rougeL` is `rouge_l`.
///
/// Every record outside the process has such keys. A key without an underscore is used unchanged, which reads the records of plad 0.1
/// too.
package enum SnakeCase {
    /// Words whose capitals do not mark the start of a word, and a spelling whose capitals do.
    private static let words = [("IDs", "Ids"), ("chrF", "chrf"), ("penBLAS", "penblas")]

    /// The key of a property. A new word starts at a capital after a small letter, and at the last of several capitals.
    package static func key(_ property: String) -> String {
        guard property.utf8.contains(where: isCapital) else { return property }
        let name = Array(words.reduce(property) { $0.replacingOccurrences(of: $1.0, with: $1.1) }.utf8)
        var key: [UInt8] = []
        for (index, letter) in name.enumerated() {
            if isCapital(letter), index > 0 {
                let endsCapitals = index + 1 < name.count && isSmall(name[index + 1])
                if !isCapital(name[index - 1]) || endsCapitals { key.append(UInt8(ascii: "_")) }
            }
            key.append(isCapital(letter) ? letter | 0x20 : letter)
        }
        return String(decoding: key, as: UTF8.self)
    }

    /// The property of a key, in either spelling.
    package static func property(_ key: String) -> String {
        guard key.contains("_") || key == "chrf" else { return key }
        let words = key.split(separator: "_", omittingEmptySubsequences: false)
        return words.dropFirst().reduce(words[0] == "chrf" ? "chrF" : String(words[0])) { name, word in
            name + (word == "ids" ? "IDs" : word.prefix(1).uppercased() + word.dropFirst())
        }
    }

    private static func isCapital(_ letter: UInt8) -> Bool { (0x41...0x5a).contains(letter) }
    private static func isSmall(_ letter: UInt8) -> Bool { (0x61...0x7a).contains(letter) }
}

/// A key by its spelling.
private struct SpelledKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
}

extension JSONEncoder {
    /// An encoder to one line of JSON with sorted keys in snake case; keys of dictionaries are unchanged.
    static var ofLines: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .custom { path in
            guard let key = path.last, key.intValue == nil else { return path.last! }
            return SpelledKey(stringValue: SnakeCase.key(key.stringValue))
        }
        return encoder
    }
}

extension JSONDecoder {
    /// A decoder of the lines that `jsonLine` writes, in the present and the older spelling.
    package static var ofLines: JSONDecoder {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .custom { path in
            guard let key = path.last, key.intValue == nil else { return path.last! }
            return SpelledKey(stringValue: SnakeCase.property(key.stringValue))
        }
        return decoder
    }
}
