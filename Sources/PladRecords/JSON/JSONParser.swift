import Foundation

/// Reads one JSON document (RFC 8259) into a `JSONValue`, at tens of times the speed of `JSONDecoder`, which learns
/// a value's type by trying one after the other.
///
/// Strict, with two exceptions that real endpoints ask for: a byte order mark before the document is passed over, and
/// half a surrogate pair becomes U+FFFD. Of fields with the same name the last counts. In what a person wrote both are refused. Nesting is
/// limited to 512, so that no document can exhaust the stack.
struct JSONParser {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var position = 0
    private var depth = 0
    private let author: JSONValue.Author

    private init(_ bytes: UnsafeBufferPointer<UInt8>, _ author: JSONValue.Author) {
        self.bytes = bytes
        self.author = author
    }

    /// Throws `RecordError.malformed` that ends in what is wrong and at which byte.
    static func parse(_ data: Data, by author: JSONValue.Author = .endpoint) throws -> JSONValue {
        try data.withUnsafeBytes { raw in
            var parser = JSONParser(raw.bindMemory(to: UInt8.self), author)
            if raw.starts(with: [0xef, 0xbb, 0xbf]) { parser.position = 3 }
            let value = try parser.value()
            parser.skipSpace()
            guard parser.position == raw.count else { throw parser.error("something follows the document") }
            return value
        }
    }

    private mutating func value() throws -> JSONValue {
        skipSpace()
        guard position < bytes.count else { throw error("the document is cut off") }
        switch bytes[position] {
        case UInt8(ascii: "{"): return try nested { try $0.object() }
        case UInt8(ascii: "["): return try nested { try $0.array() }
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        default: throw error("no value begins like this")
        }
    }

    private mutating func nested(_ body: (inout JSONParser) throws -> JSONValue) throws -> JSONValue {
        depth += 1
        defer { depth -= 1 }
        guard depth <= 512 else { throw error("nested deeper than 512") }
        position += 1
        return try body(&self)
    }

    private mutating func object() throws -> JSONValue {
        var members: [String: JSONValue] = [:]
        skipSpace()
        if take("}") { return .object(members) }
        repeat {
            skipSpace()
            guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else { throw error("a field's name is missing") }
            let name = try string()
            skipSpace()
            guard take(":") else { throw error("a colon is missing") }
            let isSecond = members.updateValue(try value(), forKey: name) != nil
            guard !isSecond || author == .endpoint else { throw error("the field \"\(name.prefix(40))\" stands twice") }
            skipSpace()
        } while take(",")
        guard take("}") else { throw error("an object is not closed") }
        return .object(members)
    }

    private mutating func array() throws -> JSONValue {
        var elements: [JSONValue] = []
        skipSpace()
        if take("]") { return .array(elements) }
        repeat {
            elements.append(try value())
            skipSpace()
        } while take(",")
        guard take("]") else { throw error("a list is not closed") }
        return .array(elements)
    }

    private mutating func word(_ text: StaticString, _ value: JSONValue) throws -> JSONValue {
        let end = position + text.utf8CodeUnitCount
        guard end <= bytes.count, memcmp(bytes.baseAddress! + position, text.utf8Start, text.utf8CodeUnitCount) == 0 else {
            throw error("no value begins like this")
        }
        position = end
        return value
    }

    private mutating func number() throws -> JSONValue {
        let start = position
        var isWhole = true
        _ = take("-")
        let first = position
        let digits = takeDigits()
        guard digits > 0, digits == 1 || bytes[first] != UInt8(ascii: "0") else { throw error("not a number") }
        if take(".") {
            isWhole = false
            guard takeDigits() > 0 else { throw error("not a number") }
        }
        if take("e") || take("E") {
            isWhole = false
            if !take("-") { _ = take("+") }
            guard takeDigits() > 0 else { throw error("not a number") }
        }
        let text = String(decoding: UnsafeBufferPointer(rebasing: bytes[start..<position]), as: UTF8.self)
        if isWhole, let value = Int64(text) { return .int(value) }
        guard let value = Double(text), value.isFinite else { throw error("the number \(text) is out of range") }
        // 2.0 and 2 are one number in JSON.
        if abs(value) < 0x1p53, let whole = Int64(exactly: value) { return .int(whole) }
        return .double(value)
    }

    private mutating func takeDigits() -> Int {
        let start = position
        while position < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[position]) { position += 1 }
        return position - start
    }

    private mutating func string() throws -> String {
        position += 1
        let start = position
        var text: [UInt8]?
        var run = start
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\""):
                let rest = UnsafeBufferPointer(rebasing: bytes[run..<position])
                position += 1
                guard var text else { return try validated(rest) }
                text.append(contentsOf: rest)
                return try text.withUnsafeBufferPointer(validated)
            case UInt8(ascii: "\\"):
                text = text ?? []
                text!.append(contentsOf: bytes[run..<position])
                position += 1
                text!.append(contentsOf: try escape().utf8)
                run = position
            case 0..<0x20: throw error("a control character stands in a text")
            default: position += 1
            }
        }
        throw error("a text is not closed")
    }

    private func validated(_ text: UnsafeBufferPointer<UInt8>) throws -> String {
        guard let text = String(validating: text, as: UTF8.self) else { throw error("a text is not UTF-8") }
        return text
    }

    private mutating func escape() throws -> Unicode.Scalar {
        guard position < bytes.count else { throw error("a text is not closed") }
        defer { position += 1 }
        switch bytes[position] {
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{c}"
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(bytes[position])
        case UInt8(ascii: "u"): return try unicodeEscape()
        default: throw error("an escape is unknown")
        }
    }

    /// Ends on the escape's last digit.
    private mutating func unicodeEscape() throws -> Unicode.Scalar {
        let unit = try fourDigits(from: position + 1)
        position += 4
        guard (0xd800..<0xdc00).contains(unit), position + 2 < bytes.count, bytes[position + 1] == UInt8(ascii: "\\"),
            bytes[position + 2] == UInt8(ascii: "u")
        else { return try Unicode.Scalar(unit) ?? lone(unit) }
        let low = try fourDigits(from: position + 3)
        guard (0xdc00..<0xe000).contains(low) else { return try lone(unit) }
        position += 6
        return Unicode.Scalar(0x10000 + (unit - 0xd800) << 10 + (low - 0xdc00)) ?? "\u{fffd}"
    }

    private func lone(_ unit: UInt32) throws -> Unicode.Scalar {
        guard author == .endpoint else { throw error("\\u\(String(unit, radix: 16)) is half a character, without its other half") }
        return "\u{fffd}"
    }

    private func fourDigits(from start: Int) throws -> UInt32 {
        guard start + 4 <= bytes.count else { throw error("a text is not closed") }
        return try bytes[start..<start + 4].reduce(0) { value, digit in
            guard let number = Character(Unicode.Scalar(digit)).hexDigitValue, digit < 0x80 else { throw error("an escape is unknown") }
            return value << 4 | UInt32(number)
        }
    }

    private mutating func skipSpace() {
        while position < bytes.count, [0x20, 0x0a, 0x0d, 0x09].contains(bytes[position]) { position += 1 }
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private func error(_ what: String) -> RecordError {
        RecordError(.malformed, "not JSON: \(what), at byte \(min(position, bytes.count)) of \(bytes.count)")
    }
}
