/// A lexical element of a template.
struct TemplateToken: Sendable {
    enum Kind: Equatable, Sendable {
        /// Text outside all tags.
        case text(String)
        /// `{%` and `%}`
        case blockStart, blockEnd
        /// `{{` and `}}`
        case printStart, printEnd
        case name(String)
        case string(String)
        case integer(Int)
        case float(Double)
        case symbol(String)
        case end
    }

    let kind: Kind
    /// Line number, from 1.
    let line: Int
}

extension TemplateToken.Kind: CustomStringConvertible {
    /// The token as errors name it.
    var description: String {
        switch self {
        case .text: "text"
        case .blockStart: "\"{%\""
        case .blockEnd: "\"%}\""
        case .printStart: "\"{{\""
        case .printEnd: "\"}}\""
        case .name(let name): "\"\(name)\""
        case .string(let string): "the string \"\(string.prefix(40))\""
        case .integer(let value): "\(value)"
        case .float(let value): "\(value)"
        case .symbol(let symbol): "\"\(symbol)\""
        case .end: "the end of the template"
        }
    }
}
