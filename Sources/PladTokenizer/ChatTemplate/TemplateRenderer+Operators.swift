import Foundation

extension TemplateRenderer {
    mutating func arithmetic(_ left: TemplateValue, _ symbol: String, _ right: TemplateValue, line: Int) throws -> TemplateValue {
        if symbol == "~" {
            let (left, right) = (try text(of: left, line: line), try text(of: right, line: line))
            try charge(text: left.utf8.count + right.utf8.count)
            return .string(left + right)
        }
        switch (left, right) {
        case (.string(let left), .string(let right)) where symbol == "+":
            try charge(text: left.utf8.count + right.utf8.count)
            return .string(left + right)
        case (.list(let left), .list(let right)) where symbol == "+":
            try charge(left.elements.count + right.elements.count)
            return .list(left.elements + right.elements)
        case (.string(let text), .integer(let count)) where symbol == "*", (.integer(let count), .string(let text)) where symbol == "*":
            let times = max(count, 0)
            let (bytes, overflow) = text.utf8.count.multipliedReportingOverflow(by: times)
            try charge(text: overflow ? .max : bytes)
            return .string(String(repeating: text, count: text.isEmpty ? 0 : times))
        default:
            if let a = left.whole, let b = right.whole { return try integer(a, symbol, b, line: line) }
            guard let a = left.number, let b = right.number else {
                throw failure(line, "\"\(symbol)\" does not apply to \(left.kind) and \(right.kind)")
            }
            return try float(a, symbol, b, line: line)
        }
    }

    private func integer(_ left: Int, _ symbol: String, _ right: Int, line: Int) throws -> TemplateValue {
        guard !["/", "//", "%"].contains(symbol) || right != 0 else { throw failure(line, "a number is divided by 0") }
        let (value, overflow): (Int, Bool)
        switch symbol {
        case "+": (value, overflow) = left.addingReportingOverflow(right)
        case "-": (value, overflow) = left.subtractingReportingOverflow(right)
        case "*": (value, overflow) = left.multipliedReportingOverflow(by: right)
        case "//", "%":
            // Python rounds towards minus infinity.
            let (quotient, tooLarge) = left.dividedReportingOverflow(by: right)
            let remainder = left.remainderReportingOverflow(dividingBy: right).partialValue
            let rounds = remainder != 0 && (remainder < 0) != (right < 0)
            overflow = tooLarge
            value = symbol == "//" ? quotient - (rounds ? 1 : 0) : remainder + (rounds ? right : 0)
        default: return try float(Double(left), symbol, Double(right), line: line)
        }
        guard !overflow else { throw failure(line, "the result of \"\(symbol)\" is out of range") }
        return .integer(value)
    }

    private func float(_ left: Double, _ symbol: String, _ right: Double, line: Int) throws -> TemplateValue {
        switch symbol {
        case "+": return .float(left + right)
        case "-": return .float(left - right)
        case "*": return .float(left * right)
        case "/":
            guard right != 0 else { throw failure(line, "a number is divided by 0") }
            return .float(left / right)
        default: throw failure(line, "\"\(symbol)\" is not known to plad for these numbers")
        }
    }

    mutating func compare(_ left: TemplateValue, _ symbol: String, _ right: TemplateValue, line: Int) throws -> Bool {
        try charge(min(left.size, right.size))
        switch symbol {
        case "==": return TemplateValue.equal(left, right)
        case "!=": return !TemplateValue.equal(left, right)
        case "in": return try contains(right, left, line: line)
        case "not in": return try !contains(right, left, line: line)
        default: break
        }
        if let a = left.number, let b = right.number {
            return switch symbol {
            case "<": a < b
            case "<=": a <= b
            case ">": a > b
            default: a >= b
            }
        }
        guard case .string(let a) = left, case .string(let b) = right else {
            throw failure(line, "\"\(symbol)\" does not apply to \(left.kind) and \(right.kind)")
        }
        return switch symbol {
        case "<": PythonText.precedes(a, b)
        case "<=": !PythonText.precedes(b, a)
        case ">": PythonText.precedes(b, a)
        default: !PythonText.precedes(a, b)
        }
    }

    private mutating func contains(_ whole: TemplateValue, _ part: TemplateValue, line: Int) throws -> Bool {
        try charge(whole.size)
        switch (whole, part) {
        case (.string(let text), .string(let part)):
            try charge(text: text.utf8.count)
            return part.isEmpty || !PythonText.occurrences(of: part, in: text, limit: 1).isEmpty
        case (.list(let list), _): return list.elements.contains { TemplateValue.equal($0, part) }
        case (.dictionary(let members), .string(let key)): return try find(key, in: members) != nil
        case (.dictionary, _), (.undefined, _): return false
        default: throw failure(line, "\"in\" does not apply to \(part.kind) and \(whole.kind)")
        }
    }
}
