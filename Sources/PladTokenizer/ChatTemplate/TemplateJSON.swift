extension TemplateRenderer {
    /// `tojson` as `transformers` defines it: Python's `json.dumps` with `ensure_ascii=False`.
    mutating func json(_ value: TemplateValue, _ given: TemplateCallArguments, line: Int) throws -> String {
        var indent: Int?
        for (name, option) in given.named {
            switch (name, option) {
            case ("indent", .integer(let width)) where (0...16).contains(width): indent = width
            case ("indent", .none), ("ensure_ascii", .bool(false)), ("sort_keys", .bool(false)), ("separators", .none): break
            default: throw failure(line, "tojson(\(name)=…) is not known to plad with this value")
            }
        }
        guard given.positional.isEmpty else { throw failure(line, "tojson takes named options only in plad") }
        try charge(value.size * 4)
        var text = ""
        try append(value, to: &text, indent: indent, level: 0, line: line)
        try charge(text: text.utf8.count)
        return text
    }

    private mutating func append(_ value: TemplateValue, to text: inout String, indent: Int?, level: Int, line: Int) throws {
        switch value {
        case .none: text += "null"
        case .bool(let value): text += value ? "true" : "false"
        case .integer(let value): text += String(value)
        case .float(let value): text += "\(value)"
        case .string(let value): Self.appendQuoted(value, to: &text)
        case .list(let list):
            try append(list.elements.map { (nil, $0) }, "[", "]", to: &text, indent: indent, level: level, line: line)
        case .dictionary(let members):
            try append(members.pairs.map { ($0.key, $0.value) }, "{", "}", to: &text, indent: indent, level: level, line: line)
        default: throw failure(line, "\(value.kind) is given to tojson")
        }
    }

    private mutating func append(
        _ members: [(key: String?, value: TemplateValue)], _ open: String, _ close: String, to text: inout String, indent: Int?,
        level: Int, line: Int
    ) throws {
        text += open
        for (index, member) in members.enumerated() {
            if index > 0 { text += indent == nil ? ", " : "," }
            if let indent { text += "\n" + String(repeating: " ", count: indent * (level + 1)) }
            if let key = member.key {
                Self.appendQuoted(key, to: &text)
                text += ": "
            }
            try append(member.value, to: &text, indent: indent, level: level + 1, line: line)
        }
        if let indent, !members.isEmpty { text += "\n" + String(repeating: " ", count: indent * level) }
        text += close
    }

    private static func appendQuoted(_ value: String, to text: inout String) {
        text += "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case "\u{8}": text += "\\b"
            case "\u{c}": text += "\\f"
            case "\0"..<" ":
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }
}
