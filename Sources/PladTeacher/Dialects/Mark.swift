/// A mark in a completion's text, matched byte by byte, ignoring the case of ASCII letters.
struct Mark: Sendable, Equatable {
    private let bytes: [UInt8]

    init(_ text: String) { bytes = text.utf8.map(Self.lowered) }

    var count: Int { bytes.count }

    /// True if the text starts with the mark.
    func begins(_ text: ArraySlice<UInt8>) -> Bool {
        guard text.count >= bytes.count else { return false }
        for (index, byte) in bytes.enumerated() where Self.lowered(text[text.startIndex + index]) != byte { return false }
        return true
    }

    /// The first occurrence of the mark; nil if there is none.
    func firstRange(in text: ArraySlice<UInt8>) -> Range<Int>? {
        guard text.count >= bytes.count else { return nil }
        return text.withUnsafeBufferPointer { buffer -> Range<Int>? in
            for start in 0...(buffer.count - bytes.count) where Self.lowered(buffer[start]) == bytes[0] {
                var length = 1
                while length < bytes.count, Self.lowered(buffer[start + length]) == bytes[length] { length += 1 }
                if length == bytes.count { return text.startIndex + start..<text.startIndex + start + length }
            }
            return nil
        }
    }

    private static func lowered(_ byte: UInt8) -> UInt8 { (0x41...0x5a).contains(byte) ? byte | 0x20 : byte }
}

extension ArraySlice<UInt8> {
    /// The bytes as a string: valid UTF-8 that is cut beside ASCII or whole characters stays valid.
    var text: String { String(decoding: self, as: UTF8.self) }

    var withoutSpaceBefore: ArraySlice<UInt8> { drop(while: Self.isSpace) }

    var withoutSpaceAround: ArraySlice<UInt8> {
        let start = withoutSpaceBefore
        return start[..<(start.lastIndex { !Self.isSpace($0) }.map { $0 + 1 } ?? start.startIndex)]
    }

    /// The text without surrounding white space.
    var trimmedText: String { withoutSpaceAround.text }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0d).contains(byte) }
}
