extension TemplateRenderer {
    /// Applies a filter of Jinja; `tojson` is that of `transformers`.
    mutating func filter(_ value: TemplateValue, _ name: String, _ given: TemplateCallArguments, line: Int) throws -> TemplateValue {
        try charge(value.size)
        switch name {
        case "default", "d": return try preset(value, given)
        case "tojson": return .string(try json(value, given, line: line))
        case "length", "count": return .integer(try length(value, line: line))
        case "list": return .list(try elements(of: value, line: line))
        case "first", "last": return try end(value, first: name == "first", line: line)
        case "join":
            let separator = try given.argument(0, "d").map { try text(of: $0, line: line) } ?? ""
            guard given.argument(1, "attribute") == nil else { throw failure(line, "join with an attribute is not known to plad") }
            return try joined(value, by: separator, line: line)
        case "items":
            guard case .dictionary = value else { return .list([]) }
            return try call("items", of: value, TemplateCallArguments(), line: line)
        case "selectattr", "rejectattr", "select", "reject": return try selected(value, name, given, line: line)
        case "map": return try mapped(value, given, line: line)
        case "int": return .integer(try integer(value, given, line: line))
        case "string", "safe": return .string(try text(of: value, line: line))
        case "trim", "upper", "lower", "capitalize", "title", "replace":
            // These filters make a string of whatever they are given; an undefined value is an empty one.
            let method = name == "trim" ? "strip" : name
            return try call(method, of: .string(try text(of: value, line: line)), given, line: line)
        default: throw failure(line, "the filter \"\(name)\" is not known to plad; use a template without it")
        }
    }

    /// Largest number of bytes in the name of a filter or test that a template makes.
    private static let longestName = 100

    private func preset(_ value: TemplateValue, _ given: TemplateCallArguments) throws -> TemplateValue {
        let whenFalse = given.argument(1, "boolean")?.isTrue ?? false
        if case .undefined = value { return given.argument(0, "default_value") ?? .string("") }
        return whenFalse && !value.isTrue ? given.argument(0, "default_value") ?? .string("") : value
    }

    private func length(_ value: TemplateValue, line: Int) throws -> Int {
        switch value {
        case .string(let text): text.unicodeScalars.count
        case .list(let list): list.elements.count
        case .dictionary(let members): members.pairs.count
        case .undefined: 0
        default: throw failure(line, "\(value.kind) has no length")
        }
    }

    private mutating func end(_ value: TemplateValue, first: Bool, line: Int) throws -> TemplateValue {
        let elements = try elements(of: value, line: line)
        return (first ? elements.first : elements.last) ?? .undefined(first ? "first" : "last")
    }

    /// `select`, `reject`, `selectattr` and `rejectattr`: keeps the elements that pass a test, or whose member does.
    private mutating func selected(_ value: TemplateValue, _ name: String, _ given: TemplateCallArguments, line: Int) throws
        -> TemplateValue
    {
        var arguments = given.positional[...]
        var member: String?
        if name.hasSuffix("attr") {
            guard case .string(let attribute)? = arguments.popFirst() else { throw failure(line, "\(name) needs a member's name") }
            member = attribute
        }
        var testName: String?
        if let test = arguments.popFirst() {
            guard case .string(let text) = test, text.utf8.count <= Self.longestName else {
                throw failure(line, "\(name) is given \(test.kind) for a test")
            }
            testName = text
        }
        let wanted = name.hasPrefix("select")
        return .list(
            try elements(of: value, line: line).filter { element in
                try charge()
                let subject = try member.map { try self.member($0, of: element, line: line) } ?? element
                let passes = try testName.map { try test(subject, $0, TemplateCallArguments(positional: Array(arguments)), line: line) }
                return (passes ?? subject.isTrue) == wanted
            })
    }

    /// `map(attribute="name")` or `map("filter")`.
    private mutating func mapped(_ value: TemplateValue, _ given: TemplateCallArguments, line: Int) throws -> TemplateValue {
        let elements = try elements(of: value, line: line)
        if case .string(let member)? = given.argument(.max, "attribute") {
            let preset = given.argument(.max, "default")
            return .list(
                try elements.map { element in
                    let found = try self.member(member, of: element, line: line)
                    if case .undefined = found, let preset { return preset }
                    return found
                })
        }
        guard case .string(let name)? = given.positional.first, name.utf8.count <= Self.longestName else {
            throw failure(line, "map needs a filter or an attribute")
        }
        let rest = TemplateCallArguments(positional: Array(given.positional.dropFirst()), named: given.named)
        return .list(try elements.map { try filter($0, name, rest, line: line) })
    }

    private func integer(_ value: TemplateValue, _ given: TemplateCallArguments, line: Int) throws -> Int {
        let preset: Int
        if case .integer(let number)? = given.argument(0, "default") { preset = number } else { preset = 0 }
        switch value {
        case .integer(let number): return number
        case .bool(let flag): return flag ? 1 : 0
        case .float(let number): return Int(exactly: number.rounded(.towardZero)) ?? preset
        case .string(let text): return Int(PythonText.stripped(text, of: nil)) ?? preset
        default: return preset
        }
    }
}
