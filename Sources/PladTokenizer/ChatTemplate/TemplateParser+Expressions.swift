import PladRecords

/// Parses expressions by Jinja's precedence, loosest first: conditional, or, and, not, comparison, sum, `~`, product, power, sign, then
/// postfixes (members, subscripts, calls, filters and tests).
extension TemplateParser {
    /// Parses one expression.
    ///
    /// - Parameters:
    ///   - bareTuple: true if `a, b` is a tuple here.
    ///   - conditional: true if `a if b else c` is allowed here; the sequence of a loop has its own `if`.
    mutating func expression(bareTuple: Bool = false, conditional: Bool = true) throws -> TemplateExpression {
        try deepen()
        let first = conditional ? try choice() : try disjunction()
        guard bareTuple, isSymbol(",") else { return first }
        var elements = [first]
        while accept(symbol: ",") {
            if [.blockEnd, .printEnd].contains(current.kind) { break }
            elements.append(conditional ? try choice() : try disjunction())
        }
        return .list(elements)
    }

    private mutating func choice() throws -> TemplateExpression {
        var value = try disjunction()
        while accept(name: "if") {
            try deepen()
            let condition = try disjunction()
            let otherwise = accept(name: "else") ? try choice() : nil
            value = .choice(then: value, condition: condition, otherwise: otherwise)
        }
        return value
    }

    private mutating func disjunction() throws -> TemplateExpression {
        var left = try conjunction()
        while accept(name: "or") {
            try deepen()
            left = .or(left, try conjunction())
        }
        return left
    }

    private mutating func conjunction() throws -> TemplateExpression {
        var left = try negation()
        while accept(name: "and") {
            try deepen()
            left = .and(left, try negation())
        }
        return left
    }

    private mutating func negation() throws -> TemplateExpression {
        guard accept(name: "not") else { return try comparison() }
        try deepen()
        return .negation(try negation())
    }

    private mutating func comparison() throws -> TemplateExpression {
        let line = current.line
        let left = try sum()
        var rest: [(symbol: String, right: TemplateExpression)] = []
        while true {
            if case .symbol(let symbol) = current.kind, ["==", "!=", "<", "<=", ">", ">="].contains(symbol) {
                next()
                rest.append((symbol, try sum()))
            } else if accept(name: "in") {
                rest.append(("in", try sum()))
            } else if isName("not"), following.kind == .name("in") {
                next()
                next()
                rest.append(("not in", try sum()))
            } else {
                return rest.isEmpty ? left : .comparison(left, rest, line: line)
            }
        }
    }

    private mutating func sum() throws -> TemplateExpression {
        try chain(["+", "-"]) { try $0.concatenation() }
    }

    private mutating func concatenation() throws -> TemplateExpression {
        try chain(["~"]) { try $0.product() }
    }

    private mutating func product() throws -> TemplateExpression {
        try chain(["*", "/", "//", "%"]) { try $0.power() }
    }

    private mutating func power() throws -> TemplateExpression {
        try chain(["**"]) { try $0.signed(withFilters: true) }
    }

    private mutating func chain(
        _ operators: [String], _ operand: (inout TemplateParser) throws -> TemplateExpression
    ) throws -> TemplateExpression {
        var left = try operand(&self)
        while case .symbol(let symbol) = current.kind, operators.contains(symbol) {
            let line = next().line
            try deepen()
            left = .arithmetic(left, symbol, try operand(&self), line: line)
        }
        return left
    }

    private mutating func signed(withFilters: Bool) throws -> TemplateExpression {
        let line = current.line
        try deepen()
        var value: TemplateExpression
        if accept(symbol: "-") {
            value = .sign(try signed(withFilters: false), negative: true, line: line)
        } else if accept(symbol: "+") {
            value = .sign(try signed(withFilters: false), negative: false, line: line)
        } else {
            value = try primary()
        }
        value = try postfixed(value)
        return withFilters ? try filtered(value) : value
    }

    private mutating func primary() throws -> TemplateExpression {
        let token = next()
        switch token.kind {
        case .name("true"), .name("True"): return .literal(.bool(true))
        case .name("false"), .name("False"): return .literal(.bool(false))
        case .name("none"), .name("None"): return .literal(.none)
        case .name(let name): return .name(name)
        case .integer(let value): return .literal(.integer(value))
        case .float(let value): return .literal(.float(value))
        case .string(var text):
            while case .string(let more) = current.kind {
                text += more
                next()
            }
            return .literal(.string(text))
        case .symbol("("): return try parenthesized()
        case .symbol("["): return .list(try elements(until: "]"))
        case .symbol("{"): return try dictionary(line: token.line)
        default: throw TokenizerError(.template, "\(name): line \(token.line): a value expected, not \(token.kind)")
        }
    }

    private mutating func parenthesized() throws -> TemplateExpression {
        if accept(symbol: ")") { return .list([]) }
        let first = try expression()
        if accept(symbol: ")") { return first }
        try expect(.symbol(","))
        return .list([first] + (try elements(until: ")")))
    }

    /// Parses elements up to and including a closing symbol; a comma may precede it.
    private mutating func elements(until close: String) throws -> [TemplateExpression] {
        var elements: [TemplateExpression] = []
        while !accept(symbol: close) {
            elements.append(try expression())
            if !isSymbol(close) { try expect(.symbol(",")) }
        }
        return elements
    }

    private mutating func dictionary(line: Int) throws -> TemplateExpression {
        var pairs: [(key: TemplateExpression, value: TemplateExpression)] = []
        while !accept(symbol: "}") {
            let key = try expression()
            try expect(.symbol(":"))
            pairs.append((key, try expression()))
            if !isSymbol("}") { try expect(.symbol(",")) }
        }
        return .dictionary(pairs, line: line)
    }

    private mutating func postfixed(_ start: TemplateExpression) throws -> TemplateExpression {
        var value = start
        while true {
            try deepen()
            let line = current.line
            if accept(symbol: ".") {
                if case .integer(let index) = current.kind {
                    next()
                    value = .subscripted(value, .literal(.integer(index)), line: line)
                } else {
                    value = .member(value, try expectName(), line: line)
                }
            } else if accept(symbol: "[") {
                value = try subscripted(value, line: line)
            } else if accept(symbol: "(") {
                value = .call(value, try arguments(), line: line)
            } else {
                return value
            }
        }
    }

    private mutating func subscripted(_ value: TemplateExpression, line: Int) throws -> TemplateExpression {
        var bounds: [TemplateExpression?] = [nil]
        while !accept(symbol: "]") {
            if accept(symbol: ":") {
                bounds.append(nil)
            } else {
                guard bounds[bounds.count - 1] == nil else { throw failure("\"]\" expected, not \(current.kind)") }
                bounds[bounds.count - 1] = try expression()
            }
        }
        guard bounds.count > 1 else {
            guard let index = bounds[0] else { throw failure("a subscript is empty") }
            return .subscripted(value, index, line: line)
        }
        guard bounds.count <= 3 else { throw failure("a slice has more than three parts") }
        let step = bounds.count == 3 ? bounds[2] : nil
        return .slice(value, TemplateSlice(start: bounds[0], stop: bounds[1], step: step), line: line)
    }

    /// Parses arguments up to the closing parenthesis; the opening one is already consumed.
    private mutating func arguments() throws -> TemplateArguments {
        var arguments = TemplateArguments()
        while !accept(symbol: ")") {
            if case .name(let name) = current.kind, following.kind == .symbol("=") {
                next()
                next()
                arguments.named.append((name, try expression()))
            } else {
                guard arguments.named.isEmpty else { throw failure("a value follows named arguments") }
                arguments.positional.append(try expression())
            }
            if !isSymbol(")") { try expect(.symbol(",")) }
        }
        return arguments
    }

    private mutating func filtered(_ start: TemplateExpression) throws -> TemplateExpression {
        var value = start
        while true {
            try deepen()
            let line = current.line
            if accept(symbol: "|") {
                let filter = try expectName()
                value = .filter(value, filter, accept(symbol: "(") ? try arguments() : TemplateArguments(), line: line)
            } else if accept(name: "is") {
                value = try test(value, line: line)
            } else if accept(symbol: "(") {
                value = .call(value, try arguments(), line: line)
            } else {
                return value
            }
        }
    }

    /// Parses a test behind `is`; an argument needs no parentheses, as in `is divisibleby 3`.
    private mutating func test(_ value: TemplateExpression, line: Int) throws -> TemplateExpression {
        let negated = accept(name: "not")
        let test = try expectName()
        var arguments = TemplateArguments()
        if accept(symbol: "(") {
            arguments = try self.arguments()
        } else {
            switch current.kind {
            case .name(let name) where ["else", "or", "and", "is", "if", "not", "in"].contains(name): break
            case .name, .string, .integer, .float, .symbol("["), .symbol("{"):
                let argument = try primary()
                arguments.positional = [try postfixed(argument)]
            default: break
            }
        }
        return .test(value, test, arguments, negated: negated, line: line)
    }
}
