import Foundation

/// The functions that `transformers` gives templates.
enum TemplateFunctions {
    static let names: Set = ["raise_exception", "strftime_now", "namespace", "range", "dict"]

    /// Longest `range`, the limit of Jinja's sandbox.
    static let longestRange = 100_000
}

extension TemplateRenderer {
    /// Calls a function, a macro, or a method of a value.
    mutating func call(_ function: TemplateExpression, _ arguments: TemplateArguments, line: Int) throws -> TemplateValue {
        if case .member(let object, let method, _) = function {
            let subject = try evaluate(object)
            return try call(method, of: subject, try evaluated(arguments), line: line)
        }
        guard case .name(let name) = function else { throw failure(line, "something is called that is not a function") }
        let given = try evaluated(arguments)
        guard case .function(let called) = lookUp(name) else {
            throw failure(line, "the function \"\(name)\" is not known to plad; use a template without it")
        }
        if let macro = macros[called] { return try call(macro, given.positional, given.named, line: line) }
        switch called {
        case "raise_exception":
            let message = try given.argument(0, "message").map { try text(of: $0, line: line) } ?? ""
            throw failure(line, "the template does not accept these messages: \(message)")
        case "strftime_now":
            guard case .string(let format)? = given.argument(0, "format") else { throw failure(line, "strftime_now needs a format") }
            return .string(try formatted(format, line: line))
        case "namespace":
            guard given.positional.isEmpty else { throw failure(line, "namespace takes named values only") }
            namespaces.append(Dictionary(given.named.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 }))
            return .namespace(namespaces.count - 1)
        case "dict":
            guard given.positional.isEmpty else { throw failure(line, "dict takes named values only") }
            return .dictionary(TemplateDictionary(given.named.map { ($0.name, $0.value) }))
        default: return try range(given, line: line)
        }
    }

    private mutating func range(_ given: TemplateCallArguments, line: Int) throws -> TemplateValue {
        let numbers = try given.positional.map { value -> Int in
            guard case .integer(let number) = value, abs(Double(number)) < 1e15 else { throw failure(line, "range takes whole numbers") }
            return number
        }
        guard (1...3).contains(numbers.count), numbers.count < 3 || numbers[2] != 0 else {
            throw failure(line, "range takes one to three numbers")
        }
        let bounds = numbers.count == 1 ? (0, numbers[0]) : (numbers[0], numbers[1])
        let sequence = stride(from: bounds.0, to: bounds.1, by: numbers.count == 3 ? numbers[2] : 1)
        let values = sequence.prefix(TemplateFunctions.longestRange + 1).map { TemplateValue.integer($0) }
        guard values.count <= TemplateFunctions.longestRange else {
            throw failure(line, "range gives more than \(TemplateFunctions.longestRange) numbers")
        }
        try charge(values.count)
        return .list(values)
    }

    /// The time of rendering, formatted by C's `strftime`.
    private func formatted(_ format: String, line: Int) throws -> String {
        guard format.utf8.count <= 256 else { throw failure(line, "strftime_now is given a format of more than 256 bytes") }
        var seconds = time_t(now.timeIntervalSince1970)
        var parts = tm()
        localtime_r(&seconds, &parts)
        var buffer = [CChar](repeating: 0, count: 8192)
        let count = strftime(&buffer, buffer.count, format, &parts)
        return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
