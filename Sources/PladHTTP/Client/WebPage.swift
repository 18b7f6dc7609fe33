package import Foundation

/// A web page that came where an API's answer was due: from a proxy, a firewall, a login, or an address that is no API's.
package struct WebPage: Sendable, Hashable, CustomStringConvertible {
    /// The text of its `<title>`, at most 80 characters; nil where it has none.
    package let title: String?

    /// Nil for a body that is no page: JSON, a plain text, or nothing.
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

    /// `a web page titled "Just a moment..."`
    package var description: String { title.map { "a web page titled \"\($0)\"" } ?? "a web page" }
}
