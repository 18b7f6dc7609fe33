package import Foundation
package import PladRecords

extension ProviderFault {
    /// The error in a response whose status says that there is one; a body of any shape will do.
    package init(status: Int, reading body: Data) {
        if let document = try? JSONValue(parsing: body), let inside = ProviderFault(inside: document) {
            self = inside
            self.status = status
            return
        }
        let text = String(decoding: body.prefix(2000), as: UTF8.self)
        // An HTML page of a proxy says no more than its status.
        let isPage = text.drop(while: \.isWhitespace).hasPrefix("<")
        self.init(status: status, message: isPage || text.isEmpty ? "no reason given" : Self.line(text))
    }

    /// The error that a JSON body reports, in the spellings of OpenAI, vLLM, FastAPI, Anthropic, Gemini and Ollama;
    /// nil when the body is none of them. Its status is the body's own numeric code, or 500.
    package init?(inside document: JSONValue) {
        let error = document["error"] ?? document[0]?["error"] ?? document
        let message = error.string ?? error["message"]?.string ?? document["message"]?.string ?? Self.detail(of: document)
        guard let message else { return nil }
        let code = error["code"]?.string ?? error["type"]?.string ?? error["status"]?.string
        self.init(status: error["code"]?.int ?? 500, code: code, message: Self.line(message))
    }

    /// FastAPI's `detail`: a text, or a list of complaints of which the first is told.
    private static func detail(of document: JSONValue) -> String? {
        document["detail"]?.string ?? document["detail"]?[0]?["msg"]?.string
    }

    private static func line(_ text: String) -> String {
        let words = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return words.count > 300 ? words.prefix(299) + "…" : words
    }

    /// Whether the account is out of money or quota: unlike a throttle, waiting does not help.
    package var isQuota: Bool {
        status == 402 || ["insufficient_quota", "billing_hard_limit_reached", "insufficient_balance", "credit_exhausted"].contains(code)
    }
}
