/// The 256 printable characters that byte-level vocabularies spell bytes with (GPT-2's `bytes_to_unicode`): printable Latin-1 spells
/// itself, the other 68 bytes are U+0100, U+0101, … in order.
enum ByteAlphabet {
    /// The code point that spells each byte.
    static let spelling: [UInt32] = {
        var next: UInt32 = 0x100
        return (0..<256).map { byte in
            if (0x21...0x7E).contains(byte) || (0xA1...0xAC).contains(byte) || byte >= 0xAE { return UInt32(byte) }
            defer { next += 1 }
            return next
        }
    }()

    /// The byte that each code point below U+0144 spells, or nil.
    private static let byte: [UInt8?] = {
        var table = [UInt8?](repeating: nil, count: 0x144)
        for (byte, code) in spelling.enumerated() { table[Int(code)] = UInt8(byte) }
        return table
    }()

    /// The UTF-8 of the character that spells a byte.
    static func utf8(of byte: UInt8) -> [UInt8] {
        Array(UTF8.encode(Unicode.Scalar(spelling[Int(byte)])!)!)
    }

    /// The bytes that a token spells, or nil if one of its characters is outside the alphabet.
    static func bytes(of token: some Collection<UInt8>) -> [UInt8]? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(token.count)
        for scalar in String(decoding: token, as: UTF8.self).unicodeScalars {
            guard scalar.value < 0x144, let byte = byte[Int(scalar.value)] else { return nil }
            bytes.append(byte)
        }
        return bytes
    }
}
