import Foundation

/// SentencePiece's precompiled normalization: a Darts trie of UTF-8 keys, whose values point into a block of zero-terminated
/// replacements.
///
/// As in Hugging Face `tokenizers`, a user-perceived character of up to five bytes is looked up as a whole, a longer one by its code
/// points, and the *shortest* matching key wins.
struct PrecompiledNormalizer: Normalizer {
    private let units: [UInt32]
    private let replacements: [UInt8]
    /// Replacement of each ASCII character that stands alone; nil if it is kept.
    private let ascii: [ArraySlice<UInt8>?]

    init(_ section: Section) throws {
        try section.only("precompiled_charsmap")
        let field = "precompiled_charsmap"
        guard let data = Data(base64Encoded: try section.string(field)) else { throw section.failure(field, "is not base64") }
        guard data.count >= 4 else { throw section.failure(field, "is shorter than its header") }
        let bytes = [UInt8](data)
        let unit = { (at: Int) in UInt32(bytes[at]) | UInt32(bytes[at + 1]) << 8 | UInt32(bytes[at + 2]) << 16 | UInt32(bytes[at + 3]) << 24
        }
        let trieBytes = Int(unit(0))
        guard trieBytes % 4 == 0, trieBytes <= bytes.count - 4 else {
            throw section.failure(field, "says that its trie takes \(trieBytes) bytes, but \(bytes.count - 4) follow")
        }
        let units = (0..<trieBytes / 4).map { unit(4 + $0 * 4) }
        let replacements = Array(bytes[(4 + trieBytes)...])
        guard UTF8Bytes.isValid(replacements) else { throw section.failure(field, "holds replacements that are not UTF-8") }
        self.units = units
        self.replacements = replacements
        ascii = (0..<128).map { Self.lookUp([UInt8($0)][...], units, replacements) }
    }

    func normalize(_ text: inout [UInt8], at place: TextPlace) {
        var output: [UInt8] = []
        output.reserveCapacity(text.count)
        var position = 0
        while position < text.count {
            let byte = text[position]
            let next = position + 1 < text.count ? text[position + 1] : 0
            if byte < 0x80, next < 0x80, byte != 0x0D {
                if let replacement = ascii[Int(byte)] { output.append(contentsOf: replacement) } else { output.append(byte) }
                position += 1
            } else {
                // Up to an ASCII character behind which another follows: characters never reach across those two.
                var end = position + 1
                while end < text.count, !(text[end - 1] < 0x80 && text[end] < 0x80 && text[end - 1] != 0x0D) { end += 1 }
                normalize(characters: String(decoding: text[position..<end], as: UTF8.self), into: &output)
                position = end
            }
        }
        text = output
    }

    private func normalize(characters: String, into output: inout [UInt8]) {
        for character in characters {
            let whole = Array(character.utf8)
            if whole.count < 6, let replacement = Self.lookUp(whole[...], units, replacements) {
                output.append(contentsOf: replacement)
                continue
            }
            for scalar in character.unicodeScalars {
                let part = Array(UTF8.encode(scalar)!)
                output.append(contentsOf: Self.lookUp(part[...], units, replacements) ?? part[...])
            }
        }
    }

    /// The replacement of the shortest key that starts `text`. Array entries that point outside the trie match nothing.
    private static func lookUp(_ text: ArraySlice<UInt8>, _ units: [UInt32], _ replacements: [UInt8]) -> ArraySlice<UInt8>? {
        guard let root = units.first else { return nil }
        var node = offset(root)
        for byte in text {
            guard byte != 0 else { return nil }
            node ^= Int(byte)
            guard node < units.count, units[node] & 0x8000_00FF == UInt32(byte) else { return nil }
            let isLeaf = units[node] >> 8 & 1 == 1
            node ^= offset(units[node])
            if isLeaf {
                guard node < units.count else { return nil }
                let start = Int(units[node] & 0x7FFF_FFFF)
                guard start < replacements.count else { return nil }
                let end = replacements[start...].firstIndex(of: 0) ?? replacements.count
                return replacements[start..<end]
            }
        }
        return nil
    }

    private static func offset(_ unit: UInt32) -> Int {
        Int((unit >> 10) << ((unit & 0x200) >> 6))
    }
}
