import PladRecords

/// A value of a template, with Python's semantics.
enum TemplateValue: Sendable {
    /// A name without binding or a missing member; the string is its name, for errors.
    case undefined(String)
    case none
    case bool(Bool)
    case integer(Int)
    case float(Double)
    case string(String)
    case list(TemplateList)
    case dictionary(TemplateDictionary)
    /// An object made by `namespace()`: an index into the renderer's namespaces.
    case namespace(Int)
    /// A function of the renderer, by name.
    case function(String)

    init(_ value: JSONValue) {
        self =
            switch value {
            case .null: .none
            case .bool(let value): .bool(value)
            case .int(let value): .integer(Int(value))
            case .double(let value): .float(value)
            case .string(let value): .string(value)
            case .array(let elements): .list(TemplateList(elements.map(TemplateValue.init)))
            case .object(let members):
                .dictionary(
                    TemplateDictionary(members.sorted { PythonText.precedes($0.key, $1.key) }.map { ($0.key, TemplateValue($0.value)) }))
            }
    }

    /// Kind of the value, as errors name it.
    var kind: String {
        switch self {
        case .undefined(let name): "\"\(name)\", which is undefined"
        case .none: "none"
        case .bool: "a truth value"
        case .integer, .float: "a number"
        case .string: "a string"
        case .list: "a list"
        case .dictionary: "a mapping"
        case .namespace: "a namespace"
        case .function: "a function"
        }
    }

    var isTrue: Bool {
        switch self {
        case .undefined, .none: false
        case .bool(let value): value
        case .integer(let value): value != 0
        case .float(let value): value != 0
        case .string(let value): !value.isEmpty
        case .list(let list): !list.elements.isEmpty
        case .dictionary(let members): !members.pairs.isEmpty
        case .namespace, .function: true
        }
    }

    /// Numeric value in Python's arithmetic: numbers and booleans; nil for other values.
    var number: Double? {
        switch self {
        case .bool(let value): value ? 1 : 0
        case .integer(let value): Double(value)
        case .float(let value): value
        default: nil
        }
    }

    /// Nesting depth of lists and mappings in this value.
    var depth: Int {
        switch self {
        case .list(let list): list.depth
        case .dictionary(let members): members.depth
        default: 0
        }
    }

    /// Number of values in this one, shared ones counted each time; at most `TemplateList.largest`.
    var size: Int {
        switch self {
        case .list(let list): list.size
        case .dictionary(let members): members.size
        case .string(let text): 1 + text.utf8.count / 64
        default: 1
        }
    }

    /// The value as an integer; a boolean is 0 or 1.
    var whole: Int? {
        switch self {
        case .bool(let value): value ? 1 : 0
        case .integer(let value): value
        default: nil
        }
    }

    static func list(_ elements: [TemplateValue]) -> TemplateValue { .list(TemplateList(elements)) }

    static func equal(_ a: TemplateValue, _ b: TemplateValue) -> Bool {
        switch (a, b) {
        case (.undefined, .undefined), (.none, .none): true
        case (.string(let a), .string(let b)): PythonText.equal(a, b)
        case (.integer(let a), .integer(let b)): a == b
        case (.list(let a), .list(let b)): a.elements.count == b.elements.count && zip(a.elements, b.elements).allSatisfy(equal)
        case (.dictionary(let a), .dictionary(let b)):
            a.pairs.count == b.pairs.count && a.pairs.allSatisfy { pair in b[pair.key].map { equal(pair.value, $0) } ?? false }
        case (.namespace(let a), .namespace(let b)): a == b
        case (.function(let a), .function(let b)): a == b
        default: if let a = a.number, let b = b.number { a == b } else { false }
        }
    }
}

/// A list that stores its depth and size, so that no value is traversed before it is known to be small.
struct TemplateList: Sendable {
    static let largest = 1 << 40

    let elements: [TemplateValue]
    let depth: Int
    let size: Int

    init(_ elements: [TemplateValue]) {
        self.elements = elements
        depth = 1 + elements.reduce(0) { max($0, $1.depth) }
        size = elements.reduce(1) { min($0 + $1.size, Self.largest) }
    }
}

/// A mapping with string keys, in the order of insertion.
struct TemplateDictionary: Sendable {
    let pairs: [(key: String, value: TemplateValue)]
    let depth: Int
    let size: Int
    /// Index of each member by its key's bytes; empty for a small mapping, which is searched linearly.
    private let places: [[UInt8]: Int]

    /// - Parameter unique: members whose keys all differ.
    init(unique pairs: [(key: String, value: TemplateValue)]) {
        self.pairs = pairs
        places =
            pairs.count > 16 ? Dictionary(pairs.enumerated().map { (Array($0.element.key.utf8), $0.offset) }) { first, _ in first } : [:]
        depth = 1 + pairs.reduce(0) { max($0, $1.value.depth) }
        size = pairs.reduce(1) { min($0 + $1.value.size + 1 + $1.key.utf8.count / 64, TemplateList.largest) }
    }

    /// Builds the mapping from pairs. If a key occurs twice, the later value is kept at the first one's position.
    init(_ given: [(String, TemplateValue)] = []) {
        var pairs: [(key: String, value: TemplateValue)] = []
        var places: [[UInt8]: Int] = [:]
        for (key, value) in given {
            let place = places[Array(key.utf8), default: pairs.count]
            if place < pairs.count {
                pairs[place].value = value
            } else {
                places[Array(key.utf8)] = place
                pairs.append((key, value))
            }
        }
        self.init(unique: pairs)
    }

    /// Number of keys that a search for one compares.
    var keysCompared: Int { pairs.count > 16 ? 1 : pairs.count }

    subscript(key: String) -> TemplateValue? {
        if pairs.count > 16 { return places[Array(key.utf8)].map { pairs[$0].value } }
        return pairs.first { PythonText.equal($0.key, key) }?.value
    }
}
