package import Foundation

/// A web page received in place of an API's response: from a proxy, a firewall, a login, or a wrong address.
package struct WebPage: Sendable, Hashable, CustomStringConvertible {
    /// Text of its `<title>`, at most 80 characters; nil if there is none.
    package let title: String?

    /// Nil for a body that is not a web page: JSON, plain text, or nothing.
    package init?(_ body: Data) {
        let text = String(decoding: body.prefix(16_384), as: UTF8.self)
        // What Cloudflare sends those who want no page: "error code: 1020".
        if text.count < 40, text.hasPrefix("error code: ") {
            title = text.trimmingCharacters(in: .whitespacesAndNewlines)
            return
        }
        guard text.drop(while: { $0.isWhitespace || $0 == "\u{feff}" }).hasPrefix("<") else { return nil }
        guard let start = text.range(of: "<title[^>]*>", options: [.regularExpression, .caseInsensitive]),
            let end = text.range(of: "</title", options: .caseInsensitive, range: start.upperBound..<text.endIndex)
        else {
            title = nil
            return
        }
        let words = text[start.upperBound..<end.lowerBound].split(whereSeparator: \.isWhitespace).joined(separator: " ")
        title = words.isEmpty ? nil : String(words.prefix(80))
    }

    /// Description in the form `a web page titled "Just a moment..."`.
    package var description: String { title.map { "a web page titled \"\($0)\"" } ?? "a web page" }
}
