/// One character read from UTF-8 bytes.
struct ReadCharacter {
    /// The code point; U+FFFD if the bytes are not UTF-8.
    let code: UInt32
    /// Position of the next character.
    let next: Int
}

/// Inspects UTF-8 bytes without the copy that `String` needs.
enum UTF8Bytes {
    /// The character at `position`, which is below `end`. The bytes must be a valid string.
    @inline(__always)
    static func read(_ bytes: UnsafePointer<UInt8>, at position: Int, end: Int) -> ReadCharacter {
        let first = UInt32(bytes[position])
        if first < 0x80 { return ReadCharacter(code: first, next: position + 1) }
        let length = length(startingWith: bytes[position])
        guard length > 1, position + length <= end else { return ReadCharacter(code: 0xFFFD, next: position + 1) }
        let second = UInt32(bytes[position + 1] & 0x3F)
        if length == 2 { return ReadCharacter(code: (first & 0x1F) << 6 | second, next: position + 2) }
        let third = UInt32(bytes[position + 2] & 0x3F)
        if length == 3 { return ReadCharacter(code: (first & 0x0F) << 12 | second << 6 | third, next: position + 3) }
        let fourth = UInt32(bytes[position + 3] & 0x3F)
        return ReadCharacter(code: (first & 0x07) << 18 | second << 12 | third << 6 | fourth, next: position + 4)
    }

    /// Length in bytes of the character that starts with this byte; 1 for a byte that starts none.
    @inline(__always)
    static func length(startingWith byte: UInt8) -> Int {
        byte < 0xC2 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : byte < 0xF5 ? 4 : 1
    }

    static func isValid(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        var position = 0
        while position < bytes.count {
            if bytes[position] < 0x80 {
                position += 1
                continue
            }
            let length = length(startingWith: bytes[position])
            guard length > 1, position + length <= bytes.count, sequenceIsWellFormed(bytes, at: position, length) else { return false }
            position += length
        }
        return true
    }

    static func isValid(_ bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBufferPointer { isValid($0) }
    }

    /// Number of bytes at the end that start a character which later bytes may still complete.
    static func incompleteTail(_ bytes: [UInt8]) -> Int {
        for back in 1...3 where back <= bytes.count {
            let position = bytes.count - back
            if bytes[position] & 0xC0 == 0x80 { continue }
            let length = length(startingWith: bytes[position])
            let open = bytes.withUnsafeBufferPointer { sequenceIsWellFormed($0, at: position, back) }
            return length > back && open ? back : 0
        }
        return 0
    }

    /// True if `length` bytes from a lead byte on follow table 3-7 of the Unicode standard; they may be fewer than the lead byte
    /// requires.
    private static func sequenceIsWellFormed(_ bytes: UnsafeBufferPointer<UInt8>, at position: Int, _ length: Int) -> Bool {
        for offset in 1..<max(length, 1) {
            let byte = bytes[position + offset]
            let allowed: ClosedRange<UInt8> =
                switch (offset, bytes[position]) {
                case (1, 0xE0): 0xA0...0xBF
                case (1, 0xED): 0x80...0x9F
                case (1, 0xF0): 0x90...0xBF
                case (1, 0xF4): 0x80...0x8F
                default: 0x80...0xBF
                }
            guard allowed.contains(byte) else { return false }
        }
        return true
    }
}
