import PladRecords

/// Parses a template's tokens into statements. Unknown syntax throws an error with its name and line.
struct TemplateParser {
    /// Deepest nesting of blocks; deeper ones are refused.
    static let deepest = 50
    /// Largest number of operators, members and calls in one expression, which bounds how deep it nests.
    static let longestExpression = 300

    let name: String
    private let tokens: [TemplateToken]
    private var position = 0
    private var depth = 0
    private var links = 0

    init(_ source: String, name: String) throws {
        self.name = name
        tokens = try TemplateLexer.tokens(of: source, name: name)
    }

    var current: TemplateToken { tokens[position] }

    var following: TemplateToken { tokens[min(position + 1, tokens.count - 1)] }

    func failure(_ what: String) -> TokenizerError {
        TokenizerError(.template, "\(name): line \(current.line): \(what)")
    }

    /// Returns the current token and advances; the end token stays current.
    @discardableResult
    mutating func next() -> TemplateToken {
        defer { position = min(position + 1, tokens.count - 1) }
        if current.kind == .blockStart || current.kind == .printStart { links = 0 }
        return current
    }

    /// Counts one more nesting level in the expression of the current tag.
    mutating func deepen() throws {
        links += 1
        guard links <= Self.longestExpression else {
            throw failure("an expression has more than \(Self.longestExpression) operators; split it with set")
        }
    }

    func isSymbol(_ symbol: String) -> Bool { current.kind == .symbol(symbol) }

    func isName(_ name: String) -> Bool { current.kind == .name(name) }

    mutating func accept(symbol: String) -> Bool {
        guard isSymbol(symbol) else { return false }
        next()
        return true
    }

    mutating func accept(name: String) -> Bool {
        guard isName(name) else { return false }
        next()
        return true
    }

    mutating func expect(_ kind: TemplateToken.Kind) throws {
        guard current.kind == kind else { throw failure("\(kind) expected, not \(current.kind)") }
        next()
    }

    mutating func expectName() throws -> String {
        guard case .name(let name) = current.kind else { throw failure("a name expected, not \(current.kind)") }
        next()
        return name
    }

    mutating func template() throws -> [TemplateStatement] {
        let (statements, _) = try body(until: [])
        return statements
    }

    /// Parses statements up to a block whose name is in `ends`: its name is consumed, its end is not.
    mutating func body(until ends: [String]) throws -> (statements: [TemplateStatement], end: String) {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.deepest else { throw failure("blocks are nested deeper than \(Self.deepest) levels") }
        var statements: [TemplateStatement] = []
        while true {
            switch current.kind {
            case .text(let text):
                statements.append(.text(text))
                next()
            case .printStart:
                let line = next().line
                statements.append(.print(try expression(bareTuple: true), line: line))
                try expect(.printEnd)
            case .blockStart:
                if case .name(let name) = following.kind, ends.contains(name) {
                    next()
                    next()
                    return (statements, name)
                }
                next()
                statements += try block()
            default:
                guard current.kind == .end, ends.isEmpty else {
                    throw failure("\"\(ends.joined(separator: "\" or \""))\" expected, not \(current.kind)")
                }
                return (statements, "")
            }
        }
    }

    /// Parses one block, from its name to the end of its last tag.
    private mutating func block() throws -> [TemplateStatement] {
        let name = try expectName()
        switch name {
        case "if": return [try conditional()]
        case "for": return [try loop()]
        case "set": return [try assignment()]
        case "macro": return [try macro()]
        case "break", "continue":
            try expect(.blockEnd)
            return [name == "break" ? .exitLoop : .nextRound]
        case "generation":
            // Marks the assistant's own words for training masks; renders as if it were not there.
            try expect(.blockEnd)
            let (statements, _) = try body(until: ["endgeneration"])
            try expect(.blockEnd)
            return statements
        default: throw failure("the statement \"\(name)\" is not known to plad; use a template without it")
        }
    }

    private mutating func conditional() throws -> TemplateStatement {
        var branches: [(condition: TemplateExpression?, body: [TemplateStatement])] = []
        var end = "elif"
        while end != "endif" {
            let condition = end == "elif" ? try expression(bareTuple: true) : nil
            try expect(.blockEnd)
            let (statements, next) = try body(until: end == "elif" ? ["elif", "else", "endif"] : ["endif"])
            branches.append((condition, statements))
            end = next
        }
        try expect(.blockEnd)
        return .conditional(branches)
    }

    private mutating func loop() throws -> TemplateStatement {
        let line = current.line
        let variables = try targets()
        guard accept(name: "in") else { throw failure("\"in\" expected, not \(current.kind)") }
        let sequence = try expression(bareTuple: true, conditional: false)
        let filter = accept(name: "if") ? try expression() : nil
        guard !isName("recursive") else { throw failure("recursive loops are not known to plad") }
        try expect(.blockEnd)
        var (statements, end) = try body(until: ["else", "endfor"])
        var otherwise: [TemplateStatement] = []
        if end == "else" {
            try expect(.blockEnd)
            (otherwise, end) = try body(until: ["endfor"])
        }
        try expect(.blockEnd)
        return .loop(
            TemplateLoop(variables: variables, sequence: sequence, filter: filter, body: statements, otherwise: otherwise, line: line))
    }

    /// Parses loop targets: `a` or `a, b`, also in parentheses.
    private mutating func targets() throws -> [String] {
        let inParentheses = accept(symbol: "(")
        var names = [try expectName()]
        while accept(symbol: ",") { names.append(try expectName()) }
        if inParentheses { try expect(.symbol(")")) }
        return names
    }

    private mutating func assignment() throws -> TemplateStatement {
        let line = current.line
        if following.kind == .symbol(".") {
            let object = try expectName()
            next()
            let member = try expectName()
            try expect(.symbol("="))
            let value = try expression(bareTuple: true)
            try expect(.blockEnd)
            return .setMember(object, member, value, line: line)
        }
        let names = try targets()
        if names.count == 1, current.kind == .blockEnd {
            next()
            let (statements, _) = try body(until: ["endset"])
            try expect(.blockEnd)
            return .capture(names[0], statements)
        }
        try expect(.symbol("="))
        let value = try expression(bareTuple: true)
        try expect(.blockEnd)
        return .set(names, value, line: line)
    }

    private mutating func macro() throws -> TemplateStatement {
        let name = try expectName()
        try expect(.symbol("("))
        var parameters: [(name: String, preset: TemplateExpression?)] = []
        while !isSymbol(")") {
            if !parameters.isEmpty { try expect(.symbol(",")) }
            let parameter = try expectName()
            parameters.append((parameter, accept(symbol: "=") ? try expression() : nil))
        }
        next()
        try expect(.blockEnd)
        let (statements, _) = try body(until: ["endmacro"])
        try expect(.blockEnd)
        return .macro(TemplateMacro(name: name, parameters: parameters, body: statements))
    }
}
