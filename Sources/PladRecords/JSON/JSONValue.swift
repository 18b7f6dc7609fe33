public import Foundation

/// A JSON document of any shape, for bodies whose fields another program defines.
///
/// Integers that fit 64 bits stay exact; every other number is a `Double`.
public enum JSONValue: Sendable, Hashable {
    case null
    case bool(Bool)
    case int(Int64)
    case double(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    /// Parses one JSON document. Throws `RecordError.malformed` with the reason and the position at the end.
    public init(parsing data: Data) throws {
        try self.init(parsing: data, by: .endpoint)
    }

    /// The origin of a document, which decides about lone surrogates and repeated fields.
    enum Author: Sendable {
        /// A server, which may cut texts anywhere: a lone surrogate becomes U+FFFD, and the last of repeated fields counts.
        case endpoint
        /// A person, who can correct the file: both are refused.
        case person
    }

    init(parsing data: Data, by author: Author) throws {
        self = try data.withUnsafeBytes { raw in
            let bytes = raw.bindMemory(to: UInt8.self)
            let rules = JSONScanner.Rules(deepest: 512, refusesLoneSurrogates: author == .person, refusesEqualNames: author == .person)
            // A byte order mark before the document is passed over, as real endpoints send one.
            let start = raw.starts(with: [0xef, 0xbb, 0xbf]) ? 3 : 0
            var scanner = JSONScanner(bytes, rules, from: start) { problem, position in
                RecordError(.malformed, "not JSON: \(problem), at byte \(position) of \(bytes.count)")
            }
            let value = try scanner.value()
            try scanner.end()
            return value
        }
    }

    /// The member of an object; nil if it is missing, or this is not an object.
    public subscript(key: String) -> JSONValue? {
        if case .object(let members) = self { members[key] } else { nil }
    }

    /// The element of a list, from 0; nil if it is missing, or this is not a list.
    public subscript(index: Int) -> JSONValue? {
        if case .array(let elements) = self, elements.indices.contains(index) { elements[index] } else { nil }
    }

    public var string: String? {
        if case .string(let value) = self { value } else { nil }
    }

    public var int: Int? {
        switch self {
        case .int(let value): Int(value)
        case .double(let value): Int(exactly: value)
        default: nil
        }
    }

    public var double: Double? {
        switch self {
        case .int(let value): Double(value)
        case .double(let value): value
        default: nil
        }
    }

    public var bool: Bool? {
        if case .bool(let value) = self { value } else { nil }
    }

    public var array: [JSONValue]? {
        if case .array(let value) = self { value } else { nil }
    }

    public var object: [String: JSONValue]? {
        if case .object(let value) = self { value } else { nil }
    }
}

extension JSONValue: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Int64.self) {
            self = .int(value)
        } else if let value = try? container.decode(Double.self) {
            self = .double(value)
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let value = try? container.decode([JSONValue].self) {
            self = .array(value)
        } else {
            self = .object(try container.decode([String: JSONValue].self))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .bool(let value): try container.encode(value)
        case .int(let value): try container.encode(value)
        case .double(let value): try container.encode(value)
        case .string(let value): try container.encode(value)
        case .array(let value): try container.encode(value)
        case .object(let value): try container.encode(value)
        }
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    public init(stringLiteral value: String) { self = .string(value) }
    public init(integerLiteral value: Int64) { self = .int(value) }
    public init(floatLiteral value: Double) { self = .double(value) }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(Dictionary(elements, uniquingKeysWith: { $1 }))
    }
}

extension DecodingError {
    /// The reason in one line: the key and the problem with it.
    package var reason: String { reason { $0 } }

    /// - Parameter spelling: maps a property's name to its key in the document.
    func reason(_ spelling: (String) -> String) -> String {
        let (context, what): (Context, String) =
            switch self {
            case .typeMismatch(let type, let context): (context, "is not \(JSONValue.name(of: type))")
            case .valueNotFound(let type, let context): (context, "is null, not \(JSONValue.name(of: type))")
            case .keyNotFound(let key, let context): (context, "lacks \"\(spelling(key.stringValue))\"")
            case .dataCorrupted(let context): (context, context.underlyingError.map { "\($0)" } ?? context.debugDescription)
            @unknown default: (Context(codingPath: [], debugDescription: ""), "\(self)")
            }
        let path = context.codingPath.map { $0.intValue.map { "[\($0)]" } ?? spelling($0.stringValue) }.joined(separator: ".")
        return path.isEmpty ? what : "\"\(path)\" \(what)"
    }
}

extension JSONValue {
    fileprivate static func name(of type: any Any.Type) -> String {
        switch type {
        case is String.Type: "a string"
        case is Bool.Type: "true or false"
        case is any BinaryInteger.Type: "a whole number"
        case is any BinaryFloatingPoint.Type: "a number"
        default: "\(type)".hasPrefix("Array") ? "a list" : "an object"
        }
    }
}
