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

    /// The error that a JSON body reports, in the spellings of OpenAI, vLLM, FastAPI, Anthropic, Gemini, Mistral, xAI and
    /// Ollama; nil when the body is none of them. Its status is the body's own numeric code, else the one that its type
    /// stands for, else 500.
    package init?(inside document: JSONValue) {
        // Some gateways wrap an error, or a list of one, into another.
        let outer = document["response"]?["error"] != nil ? document["response"]! : document
        let given = outer["error"] ?? outer[0]?["error"] ?? outer
        let error = given["error"]?.object == nil ? given : given["error"]!
        let message =
            error.string ?? error["message"]?.string ?? outer["message"]?.string ?? Self.detail(of: error["message"] ?? outer)
            ?? Self.detail(of: outer)
        guard let message else { return nil }
        // Beside an error that is a plain text, the code stands one level up.
        let holder = error.string == nil ? error : outer
        let names = ["code", "type", "status"].compactMap { holder[$0]?.string ?? error["innererror"]?[$0]?.string }
        let quota = Self.violatedQuotas(in: error).first(where: Self.isQuota) ?? names.first(where: Self.isQuota)
        let numbers = [holder["code"]?.int, holder["status"]?.int].compactMap { $0 } + names.compactMap { Int($0) ?? Self.statuses[$0] }
        let status = numbers.first { (400..<600).contains($0) }
        self.init(status: status ?? 500, code: quota ?? names.first, message: Self.line(message), wait: Self.wait(in: error))
    }

    /// FastAPI's and Mistral's `detail`: a text, or a list of complaints of which the first is told.
    private static func detail(of document: JSONValue) -> String? {
        document["detail"]?.string ?? document["detail"]?[0]?["msg"]?.string
    }

    private static func line(_ text: String) -> String {
        let words = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return words.count > 300 ? words.prefix(299) + "…" : words
    }

    /// Google's `google.rpc.QuotaFailure`.
    private static func violatedQuotas(in error: JSONValue) -> [String] {
        (error["details"]?.array ?? []).flatMap { $0["violations"]?.array ?? [] }.compactMap { $0["quotaId"]?.string }
    }

    /// Google's `google.rpc.RetryInfo`: `"retryDelay": "45s"`, with a fraction or without.
    private static func wait(in error: JSONValue) -> Duration? {
        let delay = (error["details"]?.array ?? []).lazy.compactMap { $0["retryDelay"]?.string }.first
        guard let delay, delay.hasSuffix("s"), let seconds = Double(delay.dropLast()), (0...86400).contains(seconds) else { return nil }
        return .seconds(seconds)
    }

    /// The status that an error's type stands for, where a stream or a batch reports it without one.
    private static let statuses = [
        // Anthropic, "Errors".
        "invalid_request_error": 400, "authentication_error": 401, "billing_error": 402, "permission_error": 403, "not_found_error": 404,
        "request_too_large": 413, "rate_limit_error": 429, "api_error": 500, "timeout_error": 504, "overloaded_error": 529,
        // OpenAI, "Error codes" and the responses API's.
        "rate_limit_exceeded": 429, "insufficient_quota": 429, "server_error": 500, "invalid_prompt": 400, "context_length_exceeded": 400,
        "invalid_api_key": 401, "model_not_found": 404,
        // google.rpc.Code.
        "INVALID_ARGUMENT": 400, "FAILED_PRECONDITION": 400, "UNAUTHENTICATED": 401, "PERMISSION_DENIED": 403, "NOT_FOUND": 404,
        "RESOURCE_EXHAUSTED": 429, "INTERNAL": 500, "UNAVAILABLE": 503, "DEADLINE_EXCEEDED": 504,
    ]
}
