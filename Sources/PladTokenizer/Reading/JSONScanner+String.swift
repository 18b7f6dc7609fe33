extension JSONScanner {
    /// Reads a string and appends its bytes, which are valid UTF-8, to `text`.
    mutating func string(into text: inout [UInt8]) throws {
        try take("\"")
        let start = text.count
        var ascii = true
        while true {
            var plain = position
            while plain < bytes.count, bytes[plain] >= 0x20, bytes[plain] != UInt8(ascii: "\""), bytes[plain] != UInt8(ascii: "\\") {
                ascii = ascii && bytes[plain] < 0x80
                plain += 1
            }
            text.append(contentsOf: bytes[position..<plain])
            position = plain
            guard position < bytes.count else { throw failure("a string does not end") }
            let byte = bytes[position]
            position += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard ascii || text[start...].withUnsafeBufferPointer({ UTF8Bytes.isValid($0) }) else {
                    throw failure("a string is not UTF-8")
                }
                return
            case UInt8(ascii: "\\"):
                let scalar = try escape()
                text.append(contentsOf: UTF8.encode(scalar)!)
            default:
                throw failure("a control character stands in a string")
            }
        }
    }

    /// Passes over a string; its bytes are checked when it is read.
    mutating func skipString() throws {
        try take("\"")
        while position < bytes.count {
            let byte = bytes[position]
            position += byte == UInt8(ascii: "\\") ? 2 : 1
            if byte == UInt8(ascii: "\"") { return }
        }
        position = bytes.count
        throw failure("a string does not end")
    }

    /// The character that an escape stands for; the backslash is already taken.
    private mutating func escape() throws -> Unicode.Scalar {
        guard position < bytes.count else { throw failure("a string does not end") }
        let letter = bytes[position]
        position += 1
        switch letter {
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{c}"
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(letter)
        case UInt8(ascii: "u"): break
        default: throw failure("\"\\\(Unicode.Scalar(letter))\" is no escape")
        }
        let unit = try hexadecimalUnit()
        if let scalar = Unicode.Scalar(unit) { return scalar }
        guard unit < 0xDC00, position + 1 < bytes.count, bytes[position] == UInt8(ascii: "\\"), bytes[position + 1] == UInt8(ascii: "u")
        else {
            throw failure("a lone surrogate stands in a string")
        }
        position += 2
        let low = try hexadecimalUnit()
        guard (0xDC00..<0xE000).contains(low) else { throw failure("a lone surrogate stands in a string") }
        return Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00))!
    }

    private mutating func hexadecimalUnit() throws -> UInt32 {
        guard position + 4 <= bytes.count else { throw failure("a string does not end") }
        var unit: UInt32 = 0
        for _ in 0..<4 {
            guard let digit = Character(Unicode.Scalar(bytes[position])).hexDigitValue else {
                throw failure("four hexadecimal digits expected")
            }
            unit = unit << 4 | UInt32(digit)
            position += 1
        }
        return unit
    }
}
