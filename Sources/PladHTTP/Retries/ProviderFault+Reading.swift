package import Foundation
package import PladRecords

extension ProviderFault {
    /// Reads the error in a response with an error status; the body may have any form.
    package init(status: Int, reading body: Data) {
        if let document = try? JSONValue(parsing: body), let inside = ProviderFault(inside: document) {
            self = inside
            self.status = status
            return
        }
        if let page = WebPage(body) {
            self.init(status: status, message: "\(page) came, not the API's response", isPage: true)
            return
        }
        let text = String(decoding: body.prefix(2000), as: UTF8.self)
        self.init(status: status, message: text.isEmpty ? "no reason given" : Self.line(text))
    }

    /// Reads the error in a JSON body, in the formats of OpenAI, vLLM, FastAPI, Anthropic, Gemini, Mistral, xAI, Ollama, MiniMax
    /// (`base_resp`), Baidu (`error_code`, `error_msg`), iFlytek (`header`), Tencent (`Response.Error`) and gateways (`errors`; `code` or
    /// `ret` beside `msg`); nil if it is none of them, or its code means success. Its status is the body's numeric code, else that of its
    /// type, else 500.
    package init?(inside document: JSONValue) {
        // Of an error's words, 300 characters are kept; nothing of it is looked at in full length.
        let document = document.cuttingTexts(toBytes: 1200)
        // Some gateways wrap an error, or a list of one, into another.
        let outer = document["response"]?["error"]?.isError == true ? document["response"]! : document
        let wrapped = [outer["error"], outer[0]?["error"], outer["errors"]?[0], outer["Response"]?["Error"]].compactMap { $0 }
        let given = wrapped.first(where: \.isError) ?? outer["base_resp"] ?? (outer["header"]?["code"] == nil ? outer : outer["header"]!)
        let error = given["error"]?.object == nil ? given : given["error"]!
        if outer["error"]?.isError != true, Self.isSuccess(error) { return nil }
        let message =
            error.string ?? Self.words(in: error) ?? Self.words(in: outer) ?? Self.detail(of: error["message"] ?? outer)
            ?? Self.detail(of: outer)
        guard let message else { return nil }
        // Beside an error that is a plain text, the code stands one level up.
        let holder = error.string == nil ? error : outer
        let names = ["code", "type", "status", "Code"].compactMap { holder[$0]?.string ?? error["innererror"]?[$0]?.string }
        let quota = Self.violatedQuotas(in: error).first(where: Self.isQuota) ?? names.first(where: Self.isQuota)
        let own = Self.codeFields.compactMap { field in holder[field]?.int.map { Self.numbered[field]?[$0] ?? $0 } }
        let numbers = own + names.compactMap { Int($0) ?? Self.statuses[$0] }
        let status = numbers.first { (400..<600).contains($0) }
        let isFiltered = outer["base_resp"]?["status_code"]?.int.map(Self.filtered.contains) ?? false
        self.init(
            status: status ?? 500, code: isFiltered ? "content_filter" : quota ?? names.first, message: Self.line(message),
            wait: Self.wait(in: error))
    }

    /// The error that a document reports beside what looks like a success; nil for none. A code alone, or words alone, are none.
    package init?(besideAnswer document: JSONValue) {
        let holder = document["base_resp"] ?? (document["header"]?["code"] == nil ? document : document["header"]!)
        let codes = Self.codeFields.compactMap { holder[$0]?.int }
        let isSaidToBeWell = Self.isSuccess(holder) || Self.words(in: holder).map { Self.successes.contains($0.lowercased()) } ?? false
        let errors = [document["error"], document["errors"]?[0], document["Response"]?["Error"]]
        guard errors.contains(where: { $0?.isError == true }) || (!codes.isEmpty && !isSaidToBeWell) else { return nil }
        self.init(inside: document)
    }

    private static let successes: Set = ["success", "ok", "succeeded", "successful", "success."]

    /// The message of an error, under any of its names.
    private static func words(in error: JSONValue) -> String? {
        ["message", "status_msg", "error_msg", "error_message", "errmsg", "msg", "ret_msg", "Message"].lazy.compactMap { error[$0]?.string }
            .first { !$0.isEmpty }
            ?? error["ret"]?.string ?? error["ret"]?[0]?.string
    }

    private static let codeFields = ["code", "status_code", "error_code", "errcode", "ret", "status"]

    /// True if the code beside a message means success.
    private static func isSuccess(_ error: JSONValue) -> Bool {
        codeFields.contains { [0, 200].contains(error[$0]?.int) }
    }

    /// HTTP statuses by other numeric codes, by their field: MiniMax, "Error codes"; Baidu Qianfan, "Error codes".
    private static let numbered = [
        "status_code": [
            1000: 500, 1001: 504, 1002: 429, 1004: 401, 1008: 402, 1013: 500, 1024: 500, 1033: 500, 1039: 429, 1041: 429, 2013: 400,
            2049: 401, 2056: 402,
        ],
        "error_code": [13: 401, 14: 401, 17: 402, 18: 429, 19: 402, 110: 401, 111: 401],
    ]
    /// MiniMax's codes for filtered prompts and completions.
    private static let filtered: Set = [1026, 1027]

    /// The text of FastAPI's and Mistral's `detail`: a string, or the first of a list of problems.
    private static func detail(of document: JSONValue) -> String? {
        document["detail"]?.string ?? document["detail"]?[0]?["msg"]?.string
    }

    private static func line(_ text: String) -> String {
        let words = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return words.count > 300 ? words.prefix(299) + "…" : words
    }

    /// The quotas in Google's `google.rpc.QuotaFailure`.
    private static func violatedQuotas(in error: JSONValue) -> [String] {
        (error["details"]?.array ?? []).flatMap { $0["violations"]?.array ?? [] }.compactMap { $0["quotaId"]?.string }
    }

    /// The wait in Google's `google.rpc.RetryInfo`: `"retryDelay": "45s"`, with or without a fraction.
    private static func wait(in error: JSONValue) -> Duration? {
        let delay = (error["details"]?.array ?? []).lazy.compactMap { $0["retryDelay"]?.string }.first
        guard let delay, delay.hasSuffix("s"), let seconds = Double(delay.dropLast()), seconds >= 0 else { return nil }
        return ForeignTime.duration(seconds: seconds)
    }

    /// Statuses by the type of an error that a stream or a batch reports without one.
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

extension JSONValue {
    /// True if an `error` field contains an error: many APIs send an empty object, an empty string, false or null on success.
    package var isError: Bool {
        switch self {
        case .null, .bool(false), .int(0): false
        case .bool, .int, .double: true
        case .string(let text): !text.isEmpty
        case .array(let elements): !elements.isEmpty
        case .object(let members): !members.isEmpty
        }
    }
}
