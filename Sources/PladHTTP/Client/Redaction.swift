import Foundation

/// Removes a secret from a text that another party sent, in one pass.
///
/// It is found in plain form and with any of its characters escaped in JSON, `\u0073` or `\/`, also in nested JSON (`\\u0073`). A
/// secret of less than eight letters is found only if no letter or digit is next to it; and in a completion only if it is not a plain
/// word or number ("none", "test", "1234"), which completions may contain.
struct Redaction {
    private let secret: [UInt8]
    private let isShort: Bool

    /// Nil if there is nothing to remove.
    init?(of text: String, isError: Bool) {
        secret = Array(text.utf8)
        isShort = secret.count < 8
        guard !secret.isEmpty else { return nil }
        let isPlain = secret.allSatisfy(Self.isLetter) || secret.allSatisfy(Self.isDigit) || secret.count < 4
        if isShort, isPlain, !isError { return nil }
    }

    func applied(to data: Data) -> Data {
        data.withUnsafeBytes { bytes -> Data? in
            var output = Data()
            var (place, copied) = (0, 0)
            while place < bytes.count {
                guard bytes[place] == secret[0] || bytes[place] == Self.backslash, let end = match(in: bytes, at: place),
                    !isShort || !(isWord(bytes, before: place) || isWord(bytes, end))
                else {
                    place += 1
                    continue
                }
                output.append(contentsOf: bytes[copied..<place])
                output.append(contentsOf: "<key>".utf8)
                (place, copied) = (end, end)
            }
            guard copied > 0 else { return nil }
            output.append(contentsOf: bytes[copied...])
            return output
        } ?? data
    }

    /// End of the secret that starts at `start`; nil if there is none.
    private func match(in bytes: UnsafeRawBufferPointer, at start: Int) -> Int? {
        var place = start
        for byte in secret {
            guard place < bytes.count else { return nil }
            if bytes[place] == byte, byte != Self.backslash {
                place += 1
                continue
            }
            guard bytes[place] == Self.backslash else { return nil }
            // Each text within a text doubles the backslashes; three levels are enough.
            var escape = place
            while escape < bytes.count, escape < place + 8, bytes[escape] == Self.backslash { escape += 1 }
            guard escape < bytes.count else { return nil }
            if bytes[escape] == UInt8(ascii: "u"), escape + 5 <= bytes.count,
                UInt32(String(decoding: bytes[escape + 1..<escape + 5], as: UTF8.self), radix: 16) == UInt32(byte)
            {
                place = escape + 5
            } else if bytes[escape] == byte, !Self.isLetter(byte), !Self.isDigit(byte) {
                place = escape + 1
            } else if byte == Self.backslash {
                place = escape
            } else {
                return nil
            }
        }
        return place
    }

    /// True if the byte before is a letter or digit of a word; the letter of an escape, as in `\n`, does not count.
    private func isWord(_ bytes: UnsafeRawBufferPointer, before place: Int) -> Bool {
        isWord(bytes, place - 1) && !(place > 1 && bytes[place - 2] == Self.backslash)
    }

    private func isWord(_ bytes: UnsafeRawBufferPointer, _ place: Int) -> Bool {
        bytes.indices.contains(place) && (Self.isLetter(bytes[place]) || Self.isDigit(bytes[place]))
    }

    private static let backslash = UInt8(ascii: "\\")
    private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7a).contains(byte | 0x20) }
    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}
