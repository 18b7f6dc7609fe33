/// A text that marks something in an answer, looked for byte by byte: ASCII letters match in either case.
struct Mark: Sendable, Equatable {
    private let bytes: [UInt8]

    init(_ text: String) { bytes = text.utf8.map(Self.lowered) }

    var count: Int { bytes.count }

    /// True if the text begins with it.
    func begins(_ text: ArraySlice<UInt8>) -> Bool {
        text.count >= bytes.count && zip(text, bytes).allSatisfy { Self.lowered($0) == $1 }
    }

    /// Where it stands first; nil where it does not.
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
    /// The bytes as a text: valid UTF-8 that is cut beside ASCII or whole characters is valid still.
    var text: String { String(decoding: self, as: UTF8.self) }

    var withoutSpaceBefore: ArraySlice<UInt8> { drop(while: Self.isSpace) }

    var withoutSpaceAround: ArraySlice<UInt8> {
        let start = withoutSpaceBefore
        return start[..<(start.lastIndex { !Self.isSpace($0) }.map { $0 + 1 } ?? start.startIndex)]
    }

    /// Its text without the white space around it.
    var trimmedText: String { withoutSpaceAround.text }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0d).contains(byte) }
}
