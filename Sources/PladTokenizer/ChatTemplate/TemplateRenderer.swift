import Foundation
import PladRecords

/// Runs a template's statements.
///
/// A template comes with a downloaded model and is not trusted: steps, text length and nesting are limited, far beyond what a
/// conversation needs.
struct TemplateRenderer {
    static let mostSteps = 2_000_000
    static let longestText = 1 << 24
    static let deepestValue = 64

    /// The effect of a statement on the loop around it.
    enum Flow { case goOn, exitLoop, nextRound }

    /// Path of the template's file, for errors.
    let name: String
    let now: Date
    private(set) var output = ""
    /// Bindings, the innermost scope last.
    var scopes: [[String: TemplateValue]]
    var namespaces: [[String: TemplateValue]] = []
    var macros: [String: TemplateMacro] = [:]
    private var steps = 0
    private var macroDepth = 0

    init(name: String, variables: [String: TemplateValue], now: Date) {
        self.name = name
        self.now = now
        scopes = [variables]
    }

    func failure(_ line: Int, _ what: String) -> TokenizerError {
        TokenizerError(.template, "\(name): line \(line): \(what)")
    }

    /// Counts steps against the limit; a text costs one step for each 32 bytes.
    mutating func charge(_ work: Int = 1) throws {
        steps += work
        guard steps <= Self.mostSteps else {
            throw TokenizerError(.template, "\(name): the template takes more than \(Self.mostSteps) steps; it may loop without end")
        }
    }

    mutating func charge(text bytes: Int) throws {
        guard bytes <= Self.longestText else {
            throw TokenizerError(.template, "\(name): the template makes a text of more than \(Self.longestText) bytes")
        }
        try charge(1 + bytes / 32)
    }

    private mutating func write(_ text: String) throws {
        try charge(text: text.utf8.count)
        guard output.utf8.count + text.utf8.count <= Self.longestText else {
            throw TokenizerError(.template, "\(name): the template writes more than \(Self.longestText) bytes")
        }
        output += text
    }

    mutating func run(_ statements: [TemplateStatement]) throws -> Flow {
        for statement in statements {
            try charge()
            let flow = try run(statement)
            if flow != .goOn { return flow }
        }
        return .goOn
    }

    private mutating func run(_ statement: TemplateStatement) throws -> Flow {
        switch statement {
        case .text(let text): try write(text)
        case .print(let expression, let line): try write(try text(of: try evaluate(expression), line: line))
        case .conditional(let branches):
            for (condition, body) in branches {
                if let condition, try !evaluate(condition).isTrue { continue }
                return try run(body)
            }
        case .loop(let loop): try run(loop)
        case .set(let names, let expression, let line): try bind(names, to: try evaluate(expression), line: line)
        case .capture(let name, let body): scopes[scopes.count - 1][name] = .string(try captured { _ = try $0.run(body) })
        case .setMember(let object, let member, let expression, let line):
            guard case .namespace(let index) = lookUp(object) else {
                throw failure(line, "\"\(object).\(member)\" is set, but only members of a namespace can be")
            }
            namespaces[index][member] = try evaluate(expression)
        case .macro(let macro):
            macros[macro.name] = macro
            scopes[scopes.count - 1][macro.name] = .function(macro.name)
        case .exitLoop: return .exitLoop
        case .nextRound: return .nextRound
        }
        return .goOn
    }

    private mutating func bind(_ names: [String], to value: TemplateValue, line: Int) throws {
        guard names.count > 1 else {
            scopes[scopes.count - 1][names[0]] = value
            return
        }
        guard case .list(let list) = value, list.elements.count == names.count else {
            throw failure(line, "\(names.joined(separator: ", ")) cannot be taken from \(value.kind)")
        }
        for (name, element) in zip(names, list.elements) { scopes[scopes.count - 1][name] = element }
    }

    private mutating func run(_ loop: TemplateLoop) throws {
        var visited: [TemplateValue] = []
        for element in try elements(of: try evaluate(loop.sequence), line: loop.line) {
            try charge()
            if let filter = loop.filter {
                scopes.append([:])
                defer { scopes.removeLast() }
                try bind(loop.variables, to: element, line: loop.line)
                guard try evaluate(filter).isTrue else { continue }
            }
            visited.append(element)
        }
        if visited.isEmpty {
            _ = try run(loop.otherwise)
            return
        }
        for (index, element) in visited.enumerated() {
            try charge(4)
            scopes.append(["loop": TemplateLoopState(index: index, of: visited).value])
            defer { scopes.removeLast() }
            try bind(loop.variables, to: element, line: loop.line)
            if try run(loop.body) == .exitLoop { break }
        }
    }

    /// The text that `body` writes, kept apart from the output.
    mutating func captured(_ body: (inout TemplateRenderer) throws -> Void) throws -> String {
        let outer = output
        output = ""
        defer { output = outer }
        try body(&self)
        return output
    }

    /// Calls a macro; its body sees its parameters and the outermost scope only.
    mutating func call(_ macro: TemplateMacro, _ positional: [TemplateValue], _ named: [(String, TemplateValue)], line: Int) throws
        -> TemplateValue
    {
        guard macroDepth < TemplateParser.deepest else { throw failure(line, "macros call each other without end") }
        guard positional.count <= macro.parameters.count, named.allSatisfy({ name, _ in macro.parameters.contains { $0.name == name } })
        else {
            throw failure(line, "the macro \"\(macro.name)\" does not take these arguments")
        }
        let outer = scopes
        macroDepth += 1
        scopes = [outer[0], [:]]
        defer {
            scopes = outer
            macroDepth -= 1
        }
        for (index, parameter) in macro.parameters.enumerated() {
            let given = index < positional.count ? positional[index] : named.first { $0.0 == parameter.name }?.1
            let value = try given ?? parameter.preset.map { try evaluate($0) } ?? .undefined(parameter.name)
            scopes[1][parameter.name] = value
        }
        return .string(try captured { _ = try $0.run(macro.body) })
    }

    func lookUp(_ name: String) -> TemplateValue {
        for scope in scopes.reversed() {
            if let value = scope[name] { return value }
        }
        return TemplateFunctions.names.contains(name) ? .function(name) : .undefined(name)
    }
}

/// The members of `loop` in one iteration.
struct TemplateLoopState {
    let index: Int
    let of: [TemplateValue]

    var value: TemplateValue {
        .dictionary(
            TemplateDictionary(unique: [
                ("index", .integer(index + 1)), ("index0", .integer(index)),
                ("revindex", .integer(of.count - index)), ("revindex0", .integer(of.count - index - 1)),
                ("first", .bool(index == 0)), ("last", .bool(index == of.count - 1)), ("length", .integer(of.count)),
                ("previtem", index > 0 ? of[index - 1] : .undefined("loop.previtem")),
                ("nextitem", index + 1 < of.count ? of[index + 1] : .undefined("loop.nextitem")),
            ]))
    }
}
