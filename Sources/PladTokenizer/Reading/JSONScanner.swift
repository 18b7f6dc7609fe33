import PladRecords

/// Reads a JSON document value by value, straight from its bytes.
///
/// `JSONDecoder` takes seconds over a tokenizer of a hundred thousand tokens; this takes milliseconds, and is
/// strict: one spelling of JSON (RFC 8259), valid UTF-8, no lone surrogates, at most `deepest` levels. Every
/// failure is a `TokenizerError` of `code` that names the document and the line.
struct JSONScanner {
    static let deepest = 64

    /// The document, for errors.
    let name: String
    let code: TokenizerError.Code
    let bytes: UnsafeBufferPointer<UInt8>
    var position: Int
    private var depth = 0

    init(_ bytes: UnsafeBufferPointer<UInt8>, name: String, code: TokenizerError.Code = .files, from position: Int = 0) {
        self.bytes = bytes
        self.name = name
        self.code = code
        self.position = position
    }

    func failure(_ what: String) -> TokenizerError {
        let line = bytes[..<min(position, bytes.count)].count { $0 == UInt8(ascii: "\n") } + 1
        return TokenizerError(code, "\(name): line \(line): \(what); the file is damaged, fetch it again")
    }

    /// The next byte that is not white space, which it stands at then; 0 at the end.
    @inline(__always)
    mutating func peek() -> UInt8 {
        while position < bytes.count {
            let byte = bytes[position]
            if byte > 0x20 || !(byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09) { return byte }
            position += 1
        }
        return 0
    }

    @inline(__always)
    mutating func take(_ character: Unicode.Scalar) throws {
        guard peek() == UInt8(ascii: character) else { throw failure("\"\(character)\" expected") }
        position += 1
    }

    /// Calls `body` for every member, standing at its value, which `body` must read.
    mutating func object(_ body: (inout JSONScanner, String) throws -> Void) throws {
        try nested("{", "}") { scanner in
            let key = try scanner.string()
            try scanner.take(":")
            try body(&scanner, key)
        }
    }

    /// Calls `body` for every element, which `body` must read.
    mutating func array(_ body: (inout JSONScanner) throws -> Void) throws {
        try nested("[", "]", body)
    }

    @inline(__always)
    mutating func nested(_ open: Unicode.Scalar, _ close: Unicode.Scalar, _ body: (inout JSONScanner) throws -> Void) throws {
        try take(open)
        depth += 1
        guard depth <= Self.deepest else { throw failure("nested deeper than \(Self.deepest) levels") }
        defer { depth -= 1 }
        if peek() == UInt8(ascii: close) {
            position += 1
            return
        }
        while true {
            try body(&self)
            if peek() == UInt8(ascii: ",") {
                position += 1
            } else {
                return try take(close)
            }
        }
    }

    mutating func string() throws -> String {
        var text: [UInt8] = []
        try string(into: &text)
        return String(decoding: text, as: UTF8.self)
    }

    /// A number as JSON spells it.
    mutating func number() throws -> Substring {
        _ = peek()
        let start = position
        func isDigit(_ at: Int) -> Bool { at < bytes.count && bytes[at] >= 0x30 && bytes[at] <= 0x39 }
        func digits() throws {
            guard isDigit(position) else { throw failure("a number expected") }
            while isDigit(position) { position += 1 }
        }
        if position < bytes.count, bytes[position] == UInt8(ascii: "-") { position += 1 }
        let leadingZero = position < bytes.count && bytes[position] == UInt8(ascii: "0")
        let firstDigit = position
        try digits()
        guard !leadingZero || position == firstDigit + 1 else { throw failure("a number starts with 0") }
        if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
            position += 1
            try digits()
        }
        if position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "e") {
            position += 1
            if position < bytes.count, bytes[position] == UInt8(ascii: "+") || bytes[position] == UInt8(ascii: "-") { position += 1 }
            try digits()
        }
        return Substring(decoding: bytes[start..<position], as: UTF8.self)
    }

    /// A number that is finite as a `Double`.
    mutating func double() throws -> Double {
        guard let value = Double(try number()), value.isFinite else { throw failure("the number is out of range") }
        return value
    }

    /// The value it stands at, as a document of its own. A key that appears twice is refused.
    mutating func value() throws -> JSONValue {
        switch peek() {
        case UInt8(ascii: "{"):
            var members: [String: JSONValue] = [:]
            try object { scanner, key in
                guard members.updateValue(try scanner.value(), forKey: key) == nil else {
                    throw scanner.failure("\"\(key)\" appears twice")
                }
            }
            return .object(members)
        case UInt8(ascii: "["):
            var elements: [JSONValue] = []
            try array { elements.append(try $0.value()) }
            return .array(elements)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try literal("true", .bool(true))
        case UInt8(ascii: "f"): return try literal("false", .bool(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        default:
            let text = try number()
            if let whole = Int64(text) { return .int(whole) }
            guard let value = Double(text), value.isFinite else { throw failure("the number is out of range") }
            return .double(value)
        }
    }

    /// Passes over a value without keeping it; where it lies is the answer.
    mutating func skip() throws -> Range<Int> {
        _ = peek()
        let start = position
        switch peek() {
        case UInt8(ascii: "{"):
            try nested("{", "}") { scanner in
                try scanner.skipString()
                try scanner.take(":")
                _ = try scanner.skip()
            }
        case UInt8(ascii: "["): try array { _ = try $0.skip() }
        case UInt8(ascii: "\""): try skipString()
        case UInt8(ascii: "t"): _ = try literal("true", .null)
        case UInt8(ascii: "f"): _ = try literal("false", .null)
        case UInt8(ascii: "n"): _ = try literal("null", .null)
        default: _ = try number()
        }
        return start..<position
    }

    /// Nothing but white space may be left.
    mutating func end() throws {
        _ = peek()
        guard position == bytes.count else { throw failure("the document should end here") }
    }

    private mutating func literal(_ word: StaticString, _ value: JSONValue) throws -> JSONValue {
        guard bytes.count - position >= word.utf8CodeUnitCount else { throw failure("\(word) expected") }
        for index in 0..<word.utf8CodeUnitCount where bytes[position + index] != word.utf8Start[index] {
            throw failure("\(word) expected")
        }
        position += word.utf8CodeUnitCount
        return value
    }
}
