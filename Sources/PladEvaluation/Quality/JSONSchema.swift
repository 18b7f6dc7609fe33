package import PladRecords

/// A JSON Schema, as far as it is needed to describe an answer: types, fields, choices, bounds.
///
/// Unknown keywords that affect validity are refused when the schema is read, so that none is ignored silently. Source: JSON Schema
/// 2020-12, core and validation.
package struct JSONSchema: Sendable {
    private let root: JSONValue
    /// `@unchecked Sendable`: regular expressions are immutable values, but their type is not marked so.
    private struct Patterns: @unchecked Sendable { var known: [String: Regex<AnyRegexOutput>] = [:] }
    private var patterns = Patterns()

    private static let notes: Set = ["$schema", "$id", "$comment", "title", "description", "default", "examples", "deprecated", "format"]
    private static let known: Set = [
        "type", "enum", "const", "properties", "required", "additionalProperties", "items", "minItems", "maxItems", "uniqueItems",
        "minLength", "maxLength", "pattern", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "anyOf", "allOf",
    ]
    private static let types: Set = ["object", "array", "string", "number", "integer", "boolean", "null"]

    /// Parses a schema. Throws `RecordError.malformed` with the keyword that is unknown or has a wrong value, and its place.
    package init(_ schema: JSONValue) throws {
        root = schema
        try check(schema, "$", depth: 0)
    }

    private mutating func check(_ schema: JSONValue, _ place: String, depth: Int) throws {
        func wrong(_ what: String) -> RecordError { RecordError(.malformed, "task.yaml: schema, \(place): \(what)") }
        if schema == .bool(true) || schema == .bool(false) { return }
        guard let members = schema.object, depth < 64 else { throw wrong("is not a schema: give an object") }
        for (keyword, value) in members.sorted(by: { $0.key < $1.key }) where !Self.notes.contains(keyword) {
            guard Self.known.contains(keyword) else {
                throw wrong("\"\(keyword)\" is not known; these are: \(Self.known.sorted().joined(separator: ", "))")
            }
            switch keyword {
            case "type":
                let names = value.array ?? [value]
                guard names.allSatisfy({ $0.string.map(Self.types.contains) ?? false }) else {
                    throw wrong("\"type\" is none of \(Self.types.sorted().joined(separator: ", "))")
                }
            case "properties":
                guard let fields = value.object else { throw wrong("\"properties\" is not an object") }
                for (name, field) in fields { try check(field, place + "." + name, depth: depth + 1) }
            case "items", "additionalProperties": try check(value, place + "." + keyword, depth: depth + 1)
            case "anyOf", "allOf":
                guard let parts = value.array, !parts.isEmpty else { throw wrong("\"\(keyword)\" is not a list of schemas") }
                for (index, part) in parts.enumerated() { try check(part, "\(place).\(keyword)[\(index)]", depth: depth + 1) }
            case "enum", "required":
                guard value.array != nil else { throw wrong("\"\(keyword)\" is not a list") }
            case "pattern":
                guard let text = value.string, let regex = try? Regex(text) else { throw wrong("\"pattern\" is not a regular expression") }
                patterns.known[text] = regex
            case "const", "uniqueItems": break
            default:
                guard value.double != nil else { throw wrong("\"\(keyword)\" is not a number") }
            }
        }
    }

    /// The first violation, with its place; nil if the value is valid.
    package func problem(with value: JSONValue) -> String? { problem(value, root, "$") }

    private func problem(_ value: JSONValue, _ schema: JSONValue, _ place: String) -> String? {
        guard let rules = schema.object else { return schema == .bool(false) ? "\(place) is not allowed" : nil }
        if let type = rules["type"] {
            let names = (type.array ?? [type]).compactMap(\.string)
            guard names.contains(where: { Self.has(value, $0) }) else {
                return "\(place) is not of type \(names.joined(separator: " or "))"
            }
        }
        if let choices = rules["enum"]?.array, !choices.contains(where: { $0.canonical == value.canonical }) {
            return "\(place) is none of the choices"
        }
        if let only = rules["const"], only.canonical != value.canonical { return "\(place) is not \(only.canonical)" }
        if let number = value.double {
            if let low = rules["minimum"]?.double, number < low { return "\(place) is below \(low)" }
            if let high = rules["maximum"]?.double, number > high { return "\(place) is above \(high)" }
            if let low = rules["exclusiveMinimum"]?.double, number <= low { return "\(place) is not above \(low)" }
            if let high = rules["exclusiveMaximum"]?.double, number >= high { return "\(place) is not below \(high)" }
        }
        if let text = value.string {
            let length = Double(text.unicodeScalars.count)
            if let low = rules["minLength"]?.double, length < low { return "\(place) is too short" }
            if let high = rules["maxLength"]?.double, length > high { return "\(place) is too long" }
            if let pattern = rules["pattern"]?.string, let regex = patterns.known[pattern], text.firstMatch(of: regex) == nil {
                return "\(place) does not match \(pattern)"
            }
        }
        if let elements = value.array, let problem = problem(elements: elements, rules, place) { return problem }
        if let fields = value.object, let problem = problem(fields: fields, rules, place) { return problem }
        for part in rules["allOf"]?.array ?? [] { if let problem = problem(value, part, place) { return problem } }
        if let parts = rules["anyOf"]?.array, parts.allSatisfy({ problem(value, $0, place) != nil }) {
            return "\(place) fits none of anyOf"
        }
        return nil
    }

    private func problem(elements: [JSONValue], _ rules: [String: JSONValue], _ place: String) -> String? {
        if let low = rules["minItems"]?.double, Double(elements.count) < low { return "\(place) has too few elements" }
        if let high = rules["maxItems"]?.double, Double(elements.count) > high { return "\(place) has too many elements" }
        if rules["uniqueItems"] == .bool(true), Set(elements.map(\.canonical)).count < elements.count {
            return "\(place) has equal elements"
        }
        guard let items = rules["items"] else { return nil }
        return elements.indices.lazy.compactMap { problem(elements[$0], items, "\(place)[\($0)]") }.first
    }

    private func problem(fields: [String: JSONValue], _ rules: [String: JSONValue], _ place: String) -> String? {
        for name in (rules["required"]?.array ?? []).compactMap(\.string) where fields[name] == nil { return "\(place) lacks \(name)" }
        let described = rules["properties"]?.object ?? [:]
        for (name, value) in fields.sorted(by: { $0.key < $1.key }) {
            guard let schema = described[name] ?? rules["additionalProperties"] else { continue }
            if let problem = problem(value, schema, "\(place).\(name)") { return problem }
        }
        return nil
    }

    private static func has(_ value: JSONValue, _ type: String) -> Bool {
        switch (type, value) {
        case ("null", .null), ("boolean", .bool), ("string", .string), ("array", .array), ("object", .object): true
        case ("number", _): value.double != nil
        case ("integer", _): value.double.map { $0 == $0.rounded() } ?? false
        default: false
        }
    }
}
