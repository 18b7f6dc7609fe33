import Foundation

/// Removes a secret from a text that another party sent, in time that grows with the text's length.
///
/// It is found in plain form, with any of its characters escaped in JSON, `\u0073` or `\/`, also in nested JSON (`\\u0073`), or in an
/// address, `%73`, and in base64, by itself or within more. A secret of less than eight letters is found only if no letter or digit is
/// next to it, and not in base64; and in a completion only if it is not a plain word or number ("none", "test", "1234"), which
/// completions may contain.
struct Redaction {
    private let secret: [UInt8]
    private let isShort: Bool
    /// The same secret in base64.
    private var others: [Redaction] = []

    /// Nil if there is nothing to remove.
    init?(of text: String, isError: Bool) {
        secret = Array(text.utf8)
        isShort = secret.count < 8
        guard !secret.isEmpty else { return nil }
        // Those of fewer bytes are found by chance.
        others = isShort ? [] : Self.encoded(secret).map { Redaction(exactly: $0) }
        let isPlain = secret.allSatisfy(Self.isLetter) || secret.allSatisfy(Self.isDigit) || secret.count < 4
        if isShort, isPlain, !isError { return nil }
    }

    private init(exactly text: [UInt8]) {
        (secret, isShort) = (text, false)
    }

    /// What is always there of a secret in base64, in both alphabets, after any number of other bytes.
    private static func encoded(_ secret: [UInt8]) -> [[UInt8]] {
        let cores = (0..<3).map { before -> [UInt8] in
            let bytes = Array(Data(Array(repeating: 0, count: before) + secret).base64EncodedString().utf8)
            // A digit holds six bits: those with bits of a neighbour are left out.
            return Array(bytes[(before * 8 + 5) / 6..<(before + secret.count) * 8 / 6])
        }
        let others = cores.map { $0.map { $0 == UInt8(ascii: "+") ? UInt8(ascii: "-") : $0 == UInt8(ascii: "/") ? UInt8(ascii: "_") : $0 } }
        return cores + others.filter { !cores.contains($0) }
    }

    func applied(to data: Data) -> Data {
        others.reduce(replacing(in: data)) { $1.replacing(in: $0) }
    }

    private func replacing(in data: Data) -> Data {
        data.withUnsafeBytes { bytes -> Data? in
            var output = Data()
            var (place, copied) = (0, 0)
            let first = secret[0]
            while place < bytes.count {
                let byte = bytes[place]
                guard byte == first || byte == Self.backslash || byte == Self.percent, let end = match(in: bytes, at: place),
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
            if bytes[place] == Self.percent {
                guard let end = percentEscape(of: byte, in: bytes, at: place) else { return nil }
                place = end
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

    /// End of an escape `%73` of this byte, in which the percent sign may be escaped in its turn (`%2573`); nil for another.
    private func percentEscape(of byte: UInt8, in bytes: UnsafeRawBufferPointer, at start: Int) -> Int? {
        var digits = start + 1
        while digits + 1 < bytes.count, digits < start + 5, bytes[digits] == UInt8(ascii: "2"), bytes[digits + 1] == UInt8(ascii: "5") {
            // Of `%25` the sign itself may be meant.
            if byte == Self.percent, value(of: bytes, at: digits) == byte { break }
            digits += 2
        }
        return value(of: bytes, at: digits) == byte ? digits + 2 : nil
    }

    private func value(of bytes: UnsafeRawBufferPointer, at place: Int) -> UInt8? {
        guard place + 2 <= bytes.count, let high = Self.digit(bytes[place]), let low = Self.digit(bytes[place + 1]) else { return nil }
        return high << 4 | low
    }

    /// True if the byte before is a letter or digit of a word; the letter of an escape, as in `\n`, does not count.
    private func isWord(_ bytes: UnsafeRawBufferPointer, before place: Int) -> Bool {
        isWord(bytes, place - 1) && !(place > 1 && bytes[place - 2] == Self.backslash)
    }

    private func isWord(_ bytes: UnsafeRawBufferPointer, _ place: Int) -> Bool {
        bytes.indices.contains(place) && (Self.isLetter(bytes[place]) || Self.isDigit(bytes[place]))
    }

    private static let backslash = UInt8(ascii: "\\")
    private static let percent = UInt8(ascii: "%")
    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46, 0x61...0x66: (byte | 0x20) - 0x57
        default: nil
        }
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7a).contains(byte | 0x20) }
    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}
