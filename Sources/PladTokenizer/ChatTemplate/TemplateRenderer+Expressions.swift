import PladRecords

extension TemplateRenderer {
    mutating func evaluate(_ expression: TemplateExpression) throws -> TemplateValue {
        try charge()
        let value = try value(of: expression)
        guard value.depth <= Self.deepestValue else {
            throw TokenizerError(.template, "\(name): the template nests lists or mappings deeper than \(Self.deepestValue) levels")
        }
        return value
    }

    private mutating func value(of expression: TemplateExpression) throws -> TemplateValue {
        switch expression {
        case .literal(let value): return value
        case .name(let name): return lookUp(name)
        case .list(let elements): return .list(try elements.map { try evaluate($0) })
        case .dictionary(let pairs, let line): return try dictionary(pairs, line: line)
        case .member(let object, let name, let line): return try member(name, of: try evaluate(object), line: line)
        case .subscripted(let object, let index, let line):
            return try element(try evaluate(index), of: try evaluate(object), line: line)
        case .slice(let object, let bounds, let line): return try slice(try evaluate(object), bounds, line: line)
        case .call(let function, let arguments, let line): return try call(function, arguments, line: line)
        case .filter(let value, let name, let arguments, let line):
            let subject = try evaluate(value)
            return try filter(subject, name, try evaluated(arguments), line: line)
        case .test(let value, let name, let arguments, let negated, let line):
            let subject = try evaluate(value)
            return .bool(try test(subject, name, try evaluated(arguments), line: line) != negated)
        case .negation(let value): return .bool(try !evaluate(value).isTrue)
        case .sign(let value, let negative, let line): return try signed(try evaluate(value), negative: negative, line: line)
        case .and(let left, let right):
            let first = try evaluate(left)
            return first.isTrue ? try evaluate(right) : first
        case .or(let left, let right):
            let first = try evaluate(left)
            return first.isTrue ? first : try evaluate(right)
        case .arithmetic(let left, let symbol, let right, let line):
            let first = try evaluate(left)
            return try arithmetic(first, symbol, try evaluate(right), line: line)
        case .comparison(let first, let rest, let line):
            var left = try evaluate(first)
            for (symbol, next) in rest {
                let right = try evaluate(next)
                guard try compare(left, symbol, right, line: line) else { return .bool(false) }
                left = right
            }
            return .bool(true)
        case .choice(let then, let condition, let otherwise):
            if try evaluate(condition).isTrue { return try evaluate(then) }
            return try otherwise.map { try evaluate($0) } ?? .undefined("an if without else")
        }
    }

    private mutating func dictionary(_ pairs: [(key: TemplateExpression, value: TemplateExpression)], line: Int) throws -> TemplateValue {
        let evaluated = try pairs.map { pair -> (String, TemplateValue) in
            guard case .string(let key) = try evaluate(pair.key) else { throw failure(line, "a mapping's key is not a string") }
            try charge(text: key.utf8.count)
            return (key, try evaluate(pair.value))
        }
        return .dictionary(TemplateDictionary(evaluated))
    }

    /// The member `object.name`; a missing member is undefined, and an undefined object throws.
    mutating func member(_ name: String, of object: TemplateValue, line: Int) throws -> TemplateValue {
        switch object {
        case .undefined: throw failure(line, "\"\(name.prefix(80))\" is asked of \(object.kind)")
        case .dictionary(let members): return try find(name, in: members) ?? .undefined(name)
        case .namespace(let index):
            try charge(text: name.utf8.count)
            // Names are compared as Swift compares them, which takes long for what no name is.
            return name.hasOverlongCharacter ? .undefined(name) : namespaces[index][name] ?? .undefined(name)
        default: return .undefined(name)
        }
    }

    /// The member of a mapping; the bytes that are compared count as steps.
    mutating func find(_ key: String, in members: TemplateDictionary) throws -> TemplateValue? {
        try charge(key.utf8.count / 32 * members.keysCompared)
        return members[key]
    }

    private mutating func element(_ index: TemplateValue, of object: TemplateValue, line: Int) throws -> TemplateValue {
        switch (object, index) {
        case (.list(let list), .integer(let index)):
            let place = index < 0 ? index + list.elements.count : index
            return list.elements.indices.contains(place) ? list.elements[place] : .undefined("\(index)")
        case (.string(let text), .integer(let index)):
            try charge(text: text.utf8.count)
            let scalars = Array(text.unicodeScalars)
            let place = index < 0 ? index + scalars.count : index
            return scalars.indices.contains(place) ? .string(PythonText.string([scalars[place]])) : .undefined("\(index)")
        case (_, .string(let name)): return try member(name, of: object, line: line)
        case (.undefined, _): throw failure(line, "an element is asked of \(object.kind)")
        default: return .undefined("an element")
        }
    }

    private mutating func slice(_ object: TemplateValue, _ bounds: TemplateSlice, line: Int) throws -> TemplateValue {
        let numbers = try [bounds.start, bounds.stop, bounds.step].map { bound -> Int? in
            guard let bound else { return nil }
            switch try evaluate(bound) {
            case .none: return nil
            case .integer(let value): return value
            case let other: throw failure(line, "a slice is bounded by \(other.kind)")
            }
        }
        let step = numbers[2] ?? 1
        guard step != 0 else { throw failure(line, "a slice steps by 0") }
        func pick<Element>(_ elements: [Element]) -> [Element] {
            let count = elements.count
            func place(_ bound: Int?, _ absent: Int) -> Int {
                guard let bound else { return absent }
                let place = bound < 0 ? bound &+ count : bound
                return step > 0 ? min(max(place, 0), count) : min(max(place, -1), count - 1)
            }
            let start = place(numbers[0], step > 0 ? 0 : count - 1)
            let stop = place(numbers[1], step > 0 ? count : -1)
            return stride(from: start, to: stop, by: step).map { elements[$0] }
        }
        try charge(object.size)
        switch object {
        case .list(let list): return .list(pick(list.elements))
        case .string(let text):
            try charge(text: text.utf8.count)
            return .string(PythonText.string(pick(Array(text.unicodeScalars))))
        default: throw failure(line, "\(object.kind) is sliced, which only lists and strings can be")
        }
    }

    private func signed(_ value: TemplateValue, negative: Bool, line: Int) throws -> TemplateValue {
        switch value {
        case .integer(let value) where value != .min: .integer(negative ? -value : value)
        case .float(let value): .float(negative ? -value : value)
        default: throw failure(line, "a sign stands before \(value.kind)")
        }
    }

    mutating func evaluated(_ arguments: TemplateArguments) throws -> TemplateCallArguments {
        TemplateCallArguments(
            positional: try arguments.positional.map { try evaluate($0) },
            named: try arguments.named.map { ($0.name, try evaluate($0.value)) })
    }

    /// The values that a loop iterates over: the elements of a list, the keys of a mapping, the characters of a string.
    mutating func elements(of value: TemplateValue, line: Int) throws -> [TemplateValue] {
        switch value {
        case .undefined: return []
        case .list(let list): return list.elements
        case .dictionary(let members): return members.pairs.map { .string($0.key) }
        case .string(let text):
            try charge(text.utf8.count)
            return text.unicodeScalars.map { .string(PythonText.string([$0])) }
        default: throw failure(line, "\(value.kind) has no elements to visit")
        }
    }

    /// The value as `{{ }}` prints it.
    func text(of value: TemplateValue, line: Int) throws -> String {
        switch value {
        case .undefined: ""
        case .none: "None"
        case .bool(let value): value ? "True" : "False"
        case .integer(let value): String(value)
        case .float(let value): "\(value)"
        case .string(let value): value
        default: throw failure(line, "\(value.kind) is printed, which plad knows only for text, numbers and truth values; use tojson")
        }
    }
}

/// The evaluated arguments of a function, method, filter or test.
struct TemplateCallArguments {
    var positional: [TemplateValue] = []
    var named: [(name: String, value: TemplateValue)] = []

    var isEmpty: Bool { positional.isEmpty && named.isEmpty }

    /// The argument at this position or with this name.
    func argument(_ index: Int, _ name: String = "") -> TemplateValue? {
        index < positional.count ? positional[index] : named.first { $0.name == name }?.value
    }
}
