/// Reads one JSON document (RFC 8259) value by value, directly from its bytes, tens of times faster than `JSONDecoder`, which finds a
/// value's type by trial.
///
/// Strict: standard JSON only, valid UTF-8, limited nesting, so that no document can exhaust the stack. `Rules` sets which deviations
/// are accepted. Every failure throws the error that `failing` makes of the reason and the position.
package struct JSONScanner {
    /// The deviations that a document may have.
    package struct Rules {
        /// Largest number of nested lists and objects.
        package var deepest: Int
        /// True to refuse half a surrogate pair; false to replace it by U+FFFD, for endpoints that cut texts anywhere.
        package var refusesLoneSurrogates: Bool
        /// True to refuse a repeated name in an object; false to use the last one.
        package var refusesEqualNames: Bool

        package init(deepest: Int, refusesLoneSurrogates: Bool, refusesEqualNames: Bool) {
            (self.deepest, self.refusesLoneSurrogates) = (deepest, refusesLoneSurrogates)
            self.refusesEqualNames = refusesEqualNames
        }
    }

    private let bytes: UnsafeBufferPointer<UInt8>
    private let rules: Rules
    private let failing: (_ problem: String, _ position: Int) -> any Error
    private var position: Int
    private var depth = 0

    /// - Parameters:
    ///   - position: offset of the first byte to read, from 0.
    ///   - failing: makes the error for a reason at a byte offset, from 0.
    package init(
        _ bytes: UnsafeBufferPointer<UInt8>, _ rules: Rules, from position: Int = 0,
        failing: @escaping (_ problem: String, _ position: Int) -> any Error
    ) {
        self.bytes = bytes
        self.rules = rules
        self.failing = failing
        self.position = position
    }

    package func failure(_ problem: String) -> any Error { failing(problem, min(position, bytes.count)) }

    /// Skips white space and returns the next byte without consuming it; 0 at the end.
    package mutating func peek() -> UInt8 {
        while position < bytes.count {
            let byte = bytes[position]
            if byte > 0x20 || !(byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09) { return byte }
            position += 1
        }
        return 0
    }

    package mutating func take(_ character: Unicode.Scalar) throws {
        guard peek() == UInt8(ascii: character), position < bytes.count else { throw failure("\"\(character)\" expected") }
        position += 1
    }

    /// Calls `body` for every member of an object, positioned at its value, which `body` must read.
    package mutating func object(_ body: (inout JSONScanner, String) throws -> Void) throws {
        try nested("{", "}") { scanner in
            let key = try scanner.string()
            try scanner.take(":")
            try body(&scanner, key)
        }
    }

    /// Calls `body` for every element of a list, which `body` must read.
    package mutating func array(_ body: (inout JSONScanner) throws -> Void) throws {
        try nested("[", "]", body)
    }

    /// Calls `body` for every comma-separated part between two brackets, which `body` must read.
    package mutating func nested(
        _ open: Unicode.Scalar, _ close: Unicode.Scalar, _ body: (inout JSONScanner) throws -> Void
    ) throws {
        try take(open)
        depth += 1
        guard depth <= rules.deepest else { throw failure("nested deeper than \(rules.deepest) levels") }
        defer { depth -= 1 }
        if peek() == UInt8(ascii: close) {
            position += 1
            return
        }
        while true {
            try body(&self)
            guard peek() == UInt8(ascii: ",") else {
                guard peek() == UInt8(ascii: close), position < bytes.count else { throw failure("\",\" or \"\(close)\" expected") }
                position += 1
                return
            }
            position += 1
        }
    }

    /// Reads a number and returns its text.
    package mutating func number() throws -> Substring {
        _ = peek()
        let start = position
        try passNumber()
        return Substring(decoding: bytes[start..<position], as: UTF8.self)
    }

    private mutating func passNumber() throws {
        _ = passed(UInt8(ascii: "-"))
        let first = position
        guard try passDigits() == 1 || bytes[first] != UInt8(ascii: "0") else { throw failure("a number starts with 0") }
        if passed(UInt8(ascii: ".")) { _ = try passDigits() }
        if passed(UInt8(ascii: "e")) || passed(UInt8(ascii: "E")) {
            if !passed(UInt8(ascii: "-")) { _ = passed(UInt8(ascii: "+")) }
            _ = try passDigits()
        }
    }

    private mutating func passed(_ byte: UInt8) -> Bool {
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    private mutating func passDigits() throws -> Int {
        let start = position
        while position < bytes.count, (0x30...0x39).contains(bytes[position]) { position += 1 }
        guard position > start else { throw failure("a value or number expected") }
        return position - start
    }

    /// Reads a number that is finite as a `Double`.
    package mutating func double() throws -> Double {
        let text = try number()
        guard let value = Double(text), value.isFinite else { throw failure("the number \(text.prefix(40)) is out of range") }
        return value
    }

    /// Reads the next value.
    package mutating func value() throws -> JSONValue {
        switch peek() {
        case UInt8(ascii: "{"):
            var members: [String: JSONValue] = [:]
            let refuses = rules.refusesEqualNames
            try object { scanner, key in
                guard members.updateValue(try scanner.value(), forKey: key) == nil || !refuses else {
                    throw scanner.failure("the field \"\(key.prefix(40))\" occurs twice")
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
            guard let value = Double(text), value.isFinite else { throw failure("the number \(text.prefix(40)) is out of range") }
            // 2.0 and 2 are one number in JSON.
            if abs(value) < 0x1p53, let whole = Int64(exactly: value) { return .int(whole) }
            return .double(value)
        }
    }

    /// Skips a value and returns its byte range.
    package mutating func skip() throws -> Range<Int> {
        let first = peek()
        let start = position
        switch first {
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
        default: try passNumber()
        }
        return start..<position
    }

    /// Throws if anything but white space is left.
    package mutating func end() throws {
        _ = peek()
        guard position == bytes.count else { throw failure("the document should end here") }
    }

    private mutating func literal(_ word: StaticString, _ value: JSONValue) throws -> JSONValue {
        for index in 0..<word.utf8CodeUnitCount {
            // A document that is cut off within the word fails at its end.
            guard position + index < bytes.count else { throw failing("\(word) expected", bytes.count) }
            guard bytes[position + index] == word.utf8Start[index] else { throw failure("\(word) expected") }
        }
        position += word.utf8CodeUnitCount
        return value
    }

    package mutating func string() throws -> String {
        try take("\"")
        let start = position
        passPlain()
        // Most strings have no escape: they are made from the bytes as they lie.
        if position < bytes.count, bytes[position] == UInt8(ascii: "\"") {
            position += 1
            return try validated(UnsafeBufferPointer(rebasing: bytes[start..<position - 1]))
        }
        position = start
        var text: [UInt8] = []
        try rest(into: &text)
        return try text.withUnsafeBufferPointer(validated)
    }

    /// Reads a string and appends its bytes, which are valid UTF-8, to `text`.
    package mutating func string(into text: inout [UInt8]) throws {
        try take("\"")
        let start = text.count
        try rest(into: &text)
        if text[start...].contains(where: { $0 >= 0x80 }) {
            _ = try text[start...].withUnsafeBufferPointer(validated)
        }
    }

    /// Skips a string; its bytes are checked when it is read.
    package mutating func skipString() throws {
        try take("\"")
        while position < bytes.count {
            let byte = bytes[position]
            position += byte == UInt8(ascii: "\\") ? 2 : 1
            if byte == UInt8(ascii: "\"") { return }
        }
        position = bytes.count
        throw failure("a string does not end")
    }

    /// Skips bytes that are not escaped.
    private mutating func passPlain() {
        while position < bytes.count, bytes[position] >= 0x20, bytes[position] != UInt8(ascii: "\""), bytes[position] != UInt8(ascii: "\\")
        {
            position += 1
        }
    }

    /// Appends the bytes of a string, escapes resolved, up to its end.
    private mutating func rest(into text: inout [UInt8]) throws {
        while true {
            let plain = position
            passPlain()
            text.append(contentsOf: bytes[plain..<position])
            guard position < bytes.count else { throw failure("a string does not end") }
            switch bytes[position] {
            case UInt8(ascii: "\""):
                position += 1
                return
            case UInt8(ascii: "\\"):
                position += 1
                text.append(contentsOf: UTF8.encode(try escape())!)
            default: throw failure("a control character stands in a string")
            }
        }
    }

    private func validated(_ text: UnsafeBufferPointer<UInt8>) throws -> String {
        guard let text = String(validating: text, as: UTF8.self) else { throw failure("a string is not UTF-8") }
        guard !text.hasOverlongCharacter else { throw failure("a string has a character of more than \(String.longestCharacter) bytes") }
        return text
    }

    /// Reads an escape after its backslash and returns its character.
    private mutating func escape() throws -> Unicode.Scalar {
        guard position < bytes.count else { throw failure("a string does not end") }
        let letter = bytes[position]
        if letter == UInt8(ascii: "u") {
            defer { position += 1 }
            return try unicodeEscape()
        }
        position += 1
        switch letter {
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{c}"
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(letter)
        default: throw failure("an escape is unknown")
        }
    }

    /// Reads a \u escape, or a surrogate pair of two.
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
        guard !rules.refusesLoneSurrogates else {
            throw failure("\\u\(String(unit, radix: 16)) is half a character, without its other half")
        }
        return "\u{fffd}"
    }

    private func fourDigits(from start: Int) throws -> UInt32 {
        guard start + 4 <= bytes.count else { throw failing("a string does not end", bytes.count) }
        return try bytes[start..<start + 4].reduce(0) { value, digit in
            guard let number = Character(Unicode.Scalar(digit)).hexDigitValue, digit < 0x80 else { throw failure("an escape is unknown") }
            return value << 4 | UInt32(number)
        }
    }
}
