import Mustache

/// An HTML escaping by Unicode scalar.
///
/// swift-mustache escapes by `Character`, for which `"` with a combining accent is another character than `"` and is not escaped; a
/// browser reads scalars and would end the attribute there.
struct ScalarHTML: MustacheContentType {
    /// Name of the escaping in a template.
    static let name = "SCALARHTML"

    func escapeText(_ text: String) -> String { text.escaped }
}

extension String {
    /// The text with HTML escapes, for an element or a quoted attribute.
    var escaped: String {
        var escaped = ""
        escaped.reserveCapacity(utf8.count)
        for scalar in unicodeScalars {
            if let entity = scalar.htmlEntity { escaped += entity } else { escaped.unicodeScalars.append(scalar) }
        }
        return escaped
    }

    /// A prefix that takes at most so many bytes once escaped, with a note of the part left out.
    func clipped(toEscaped bytes: Int) -> String {
        var size = 0
        for index in unicodeScalars.indices {
            let scalar = unicodeScalars[index]
            size += scalar.htmlEntity?.utf8.count ?? UTF8.width(scalar)
            if size > bytes {
                let missing = Numbers.count(unicodeScalars[index...].count)
                return String(unicodeScalars[..<index]) + " … (\(missing) more characters are in the records)"
            }
        }
        return self
    }
}

extension Unicode.Scalar {
    fileprivate var htmlEntity: String? {
        switch self {
        case "<": "&lt;"
        case ">": "&gt;"
        case "&": "&amp;"
        case "\"": "&quot;"
        case "'": "&#39;"
        // A browser drops a NUL and some controls, so they are shown.
        case "\0": "\u{FFFD}"
        default: nil
        }
    }
}
