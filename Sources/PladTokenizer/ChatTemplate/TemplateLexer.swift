import PladRecords

/// Cuts a template into tokens, with Jinja's white space rules as `transformers` sets them: `trim_blocks` (a line
/// end directly behind a block goes), `lstrip_blocks` (blanks before a block that starts a line go), and the
/// minus sign inside a tag, which strips all white space on its side.
struct TemplateLexer {
    /// Largest number of tokens in a tag; a longer tag is refused, which also bounds how deep expressions nest.
    static let longestTag = 1000

    private let source: [Unicode.Scalar]
    private let name: String
    private var position = 0
    private var line = 1
    private var tokens: [TemplateToken] = []
    /// True if `position` is at the start of a line.
    private var startsLine = true

    static func tokens(of source: String, name: String) throws -> [TemplateToken] {
        var lexer = TemplateLexer(source, name: name)
        try lexer.run()
        return lexer.tokens
    }

    /// Replaces line ends by "\n" and drops one at the very end, as Jinja does.
    private init(_ source: String, name: String) {
        var scalars: [Unicode.Scalar] = []
        for scalar in source.unicodeScalars {
            if scalar == "\n", scalars.last == "\r" { scalars.removeLast() }
            scalars.append(scalar)
        }
        scalars = scalars.map { $0 == "\r" ? "\n" : $0 }
        if scalars.last == "\n" { scalars.removeLast() }
        self.source = scalars
        self.name = name
    }

    private func failure(_ what: String) -> TokenizerError {
        TokenizerError(.template, "\(name): line \(line): \(what)")
    }

    private func at(_ offset: Int) -> Unicode.Scalar? {
        position + offset < source.count ? source[position + offset] : nil
    }

    private func stands(_ text: StaticString, at position: Int) -> Bool {
        position + text.utf8CodeUnitCount <= source.count
            && (0..<text.utf8CodeUnitCount).allSatisfy { source[position + $0].value == UInt32(text.utf8Start[$0]) }
    }

    private mutating func append(_ kind: TemplateToken.Kind) {
        tokens.append(TemplateToken(kind: kind, line: line))
    }

    private mutating func advance(to target: Int) {
        while position < target {
            if source[position] == "\n" { line += 1 }
            position += 1
        }
    }

    private mutating func run() throws {
        while position < source.count {
            var open = position
            while open < source.count, !(source[open] == "{" && open + 1 < source.count && ["{", "%", "#"].contains(source[open + 1])) {
                open += 1
            }
            guard open < source.count else {
                append(.text(text(position..<source.count)))
                advance(to: source.count)
                break
            }
            let kind = source[open + 1]
            let sign = open + 2 < source.count ? source[open + 2] : " "
            let kept = textEnd(before: open, sign: sign, isPrint: kind == "{")
            if kept > position { append(.text(text(position..<kept))) }
            advance(to: open + (sign == "-" || sign == "+" ? 3 : 2))
            switch kind {
            case "#": try skipComment()
            case "%": try lexTag(.blockStart, .blockEnd)
            default: try lexTag(.printStart, .printEnd)
            }
        }
        append(.end)
    }

    private func text(_ range: Range<Int>) -> String {
        var text = String.UnicodeScalarView()
        text.append(contentsOf: source[range])
        return String(text)
    }

    /// Position where the text before a tag ends, after white space control.
    private func textEnd(before open: Int, sign: Unicode.Scalar, isPrint: Bool) -> Int {
        var end = open
        if sign == "-" {
            while end > position, PythonText.isSpace(source[end - 1]) { end -= 1 }
            return end
        }
        guard sign != "+", !isPrint else { return open }
        while end > position, source[end - 1] != "\n", PythonText.isSpace(source[end - 1]) { end -= 1 }
        let reachesLineStart = end > position ? source[end - 1] == "\n" : startsLine
        return reachesLineStart ? end : open
    }

    private mutating func skipComment() throws {
        while position < source.count, !stands("#}", at: position) { advance(to: position + 1) }
        guard position < source.count else { throw failure("a comment does not end") }
        let sign = source[position - 1]
        advance(to: position + 2)
        closeTag(strips: sign == "-", trims: sign != "+")
    }

    /// Ends a tag: strips the white space behind it, or trims one line end.
    private mutating func closeTag(strips: Bool, trims: Bool) {
        if strips {
            while position < source.count, PythonText.isSpace(source[position]) { advance(to: position + 1) }
        } else if trims, at(0) == "\n" {
            advance(to: position + 1)
        }
        startsLine = source[position - 1] == "\n"
    }

    private mutating func lexTag(_ start: TemplateToken.Kind, _ end: TemplateToken.Kind) throws {
        append(start)
        let first = tokens.count
        var open: [Unicode.Scalar] = []
        while true {
            while let scalar = at(0), PythonText.isSpace(scalar) { advance(to: position + 1) }
            guard let scalar = at(0) else { throw failure("a tag does not end") }
            guard tokens.count - first < Self.longestTag else { throw failure("a tag has more than \(Self.longestTag) elements") }
            if open.isEmpty {
                let signed = scalar == "-" || (scalar == "+" && end == .blockEnd)
                if stands(end == .blockEnd ? "%}" : "}}", at: position + (signed ? 1 : 0)) {
                    append(end)
                    advance(to: position + (signed ? 3 : 2))
                    return closeTag(strips: scalar == "-", trims: scalar == "%")
                }
            }
            if try !lexWord(scalar) { try lexSymbol(scalar, &open) }
        }
    }

    /// Reads a name, number or string; returns false if the text is none of these.
    private mutating func lexWord(_ scalar: Unicode.Scalar) throws -> Bool {
        if scalar == "_" || scalar.properties.isAlphabetic {
            var end = position + 1
            while end < source.count, source[end] == "_" || source[end].properties.isAlphabetic || isDigit(source[end]) { end += 1 }
            append(.name(text(position..<end)))
            advance(to: end)
        } else if isDigit(scalar) {
            try lexNumber()
        } else if scalar == "\"" || scalar == "'" {
            try lexString(scalar)
        } else {
            return false
        }
        return true
    }

    private func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }

    private mutating func lexNumber() throws {
        var end = position
        while end < source.count, isDigit(source[end]) { end += 1 }
        var isFloat = false
        if end + 1 < source.count, source[end] == ".", isDigit(source[end + 1]) {
            isFloat = true
            end += 1
            while end < source.count, isDigit(source[end]) { end += 1 }
        }
        let spelled = text(position..<end)
        if isFloat, let value = Double(spelled) {
            append(.float(value))
        } else if !isFloat, let value = Int(spelled) {
            append(.integer(value))
        } else {
            throw failure("the number \(spelled) is out of range")
        }
        advance(to: end)
    }

    private mutating func lexString(_ quote: Unicode.Scalar) throws {
        var string = String.UnicodeScalarView()
        var end = position + 1
        while end < source.count, source[end] != quote {
            guard source[end] == "\\", end + 1 < source.count else {
                string.append(source[end])
                end += 1
                continue
            }
            let letter = source[end + 1]
            end += 2
            switch letter {
            case "n": string.append("\n")
            case "t": string.append("\t")
            case "r": string.append("\r")
            case "\\", "'", "\"": string.append(letter)
            case "\n": break
            case "u", "x":
                let digits = letter == "u" ? 4 : 2
                guard end + digits <= source.count, let code = UInt32(text(end..<end + digits), radix: 16),
                    let scalar = Unicode.Scalar(code)
                else { throw failure("a string holds the escape \\\(letter) without \(digits) hexadecimal digits") }
                string.append(scalar)
                end += digits
            default: throw failure("a string holds the escape \\\(letter), which plad does not know")
            }
        }
        guard end < source.count else { throw failure("a string does not end") }
        append(.string(String(string)))
        advance(to: end + 1)
    }

    private mutating func lexSymbol(_ scalar: Unicode.Scalar, _ open: inout [Unicode.Scalar]) throws {
        let pair = text(position..<min(position + 2, source.count))
        if ["==", "!=", ">=", "<=", "//", "**"].contains(pair) {
            append(.symbol(pair))
            return advance(to: position + 2)
        }
        switch scalar {
        case "(", "[", "{": open.append(scalar)
        case ")", "]", "}":
            guard let opened = open.popLast(), [")": "(", "]": "[", "}": "{"][scalar] == opened else {
                throw failure("\"\(scalar)\" closes nothing")
            }
        case "+", "-", "*", "/", "%", "~", "<", ">", "=", ".", ":", "|", ",": break
        default: throw failure("\"\(scalar)\" is not known to plad in a tag")
        }
        append(.symbol(String(Character(scalar))))
        advance(to: position + 1)
    }
}
