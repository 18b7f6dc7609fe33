import Foundation
import PladRecords

/// Damages bytes in the ways that files are damaged and attackers try, from a seed.
package struct Mutator {
    private var generator: SeededGenerator
    private let words: [[UInt8]]

    package init(seed: UInt64, name: String, words: [[UInt8]]) {
        generator = SeededGenerator(seed: seed, name)
        self.words = words
    }

    /// The stretches of letters and of other characters in some bytes, each once, and numbers that invite overflow.
    package static func words(_ bytes: [UInt8]) -> [[UInt8]] {
        var words: Set<[UInt8]> = []
        var word: [UInt8] = []
        func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7A || byte == 0x5F }
        for byte in bytes {
            if let last = word.last, isLetter(last) != isLetter(byte) {
                words.insert(word)
                word = []
            }
            word.append(byte)
        }
        let extremes = [
            "-1", "0", "1e999", "4294967296", "9223372036854775808", "null", "[]", "{}", "\"\"", "\\u0000", "\\ud83d\\ude00", "%}", "{{",
        ]
        return (words.filter { $0.count < 40 } + extremes.map { Array($0.utf8) }).sorted { $0.lexicographicallyPrecedes($1) }
    }

    /// A word of the originals, or a number that invites overflow.
    package mutating func word() -> String { String(decoding: words[pick(words.count)], as: UTF8.self) }

    package mutating func pick(_ count: Int) -> Int { Int.random(in: 0..<count, using: &generator) }

    /// One change, or up to four: a byte, a word, a stretch cut, repeated, moved, or the end cut off.
    package mutating func damaged(_ original: [UInt8]) -> [UInt8] {
        var bytes = original
        for _ in 0...(pick(2) == 0 ? 0 : pick(4)) {
            guard bytes.count > 1 else { break }
            let start = pick(bytes.count)
            let end = min(bytes.count, start + 1 + pick(pick(4) == 0 ? 400 : 12))
            switch pick(8) {
            case 0: bytes[start] = UInt8(pick(256))
            case 1: bytes[start] ^= 1 << UInt8(pick(8))
            case 2: bytes.removeSubrange(start..<end)
            case 3: bytes.insert(contentsOf: bytes[start..<end], at: pick(bytes.count))
            case 4: bytes.replaceSubrange(start..<end, with: words[pick(words.count)])
            case 5: bytes.insert(contentsOf: words[pick(words.count)], at: start)
            case 6: replaceWord(in: &bytes, near: start)
            default: if pick(10) == 0 { bytes.removeSubrange(start...) } else { bytes.swapAt(start, pick(bytes.count)) }
            }
        }
        return bytes
    }

    /// Replaces the digits or letters around a place as a whole, which keeps the syntax around them.
    private mutating func replaceWord(in bytes: inout [UInt8], near place: Int) {
        func isWord(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 || (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7A }
        var start = place
        while start < bytes.count, !isWord(bytes[start]) { start += 1 }
        var end = start
        while end < bytes.count, isWord(bytes[end]) { end += 1 }
        bytes.replaceSubrange(start..<end, with: words[pick(words.count)])
    }
}
