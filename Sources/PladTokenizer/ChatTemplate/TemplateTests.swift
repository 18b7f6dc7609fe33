extension TemplateRenderer {
    /// Evaluates a test of Jinja, as in `value is defined`.
    mutating func test(_ value: TemplateValue, _ name: String, _ given: TemplateCallArguments, line: Int) throws -> Bool {
        switch name {
        case "defined": if case .undefined = value { false } else { true }
        case "undefined": if case .undefined = value { true } else { false }
        case "none": if case .none = value { true } else { false }
        case "string": if case .string = value { true } else { false }
        case "boolean": if case .bool = value { true } else { false }
        case "true": if case .bool(true) = value { true } else { false }
        case "false": if case .bool(false) = value { true } else { false }
        case "integer": if case .integer = value { true } else { false }
        case "float": if case .float = value { true } else { false }
        case "number": value.number != nil
        case "mapping": if case .dictionary = value { true } else { false }
        case "sequence", "iterable":
            switch value {
            case .undefined, .string, .list, .dictionary: true
            default: false
            }
        case "callable": if case .function = value { true } else { false }
        case "odd", "even": try divides(value, 2, line: line) == (name == "even")
        case "divisibleby": try divides(value, given.argument(0) ?? .undefined("divisibleby"), line: line)
        case "eq", "equalto", "ne", "lt", "le", "gt", "ge", "in":
            try compare(
                value,
                ["eq": "==", "equalto": "==", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">=", "in": "in"][name] ?? name,
                given.argument(0) ?? .undefined(name), line: line)
        default: throw failure(line, "the test \"\(name)\" is not known to plad; use a template without it")
        }
    }

    private func divides(_ value: TemplateValue, _ divisor: TemplateValue, line: Int) throws -> Bool {
        guard case .integer(let number) = value, case .integer(let divisor) = divisor, divisor != 0 else {
            throw failure(line, "\(value.kind) is tested for divisibility")
        }
        return number.remainderReportingOverflow(dividingBy: divisor).partialValue == 0
    }

    private func divides(_ value: TemplateValue, _ divisor: Int, line: Int) throws -> Bool {
        try divides(value, .integer(divisor), line: line)
    }
}
