/// An error that the endpoint reports.
package struct ProviderFault: Error, Sendable, Hashable {
    /// The kind of an error, by its remedy.
    package enum Kind: String, Sendable {
        /// The key is missing, wrong, or lacks permission, according to the error.
        case key
        /// HTTP 403 without mention of the key: for this prompt, or for all.
        case forbidden
        /// A web page in place of the API's response, except under status 404, which means a wrong address.
        case page
        /// The path or model does not exist.
        case unknownModel
        /// The account is out of money or quota; waiting minutes does not help.
        case quota
        /// There were too many requests or tokens in a minute.
        case throttle
        /// The endpoint is overloaded.
        case overloaded
        /// Prompt and completion exceed the model's context.
        case contextLength
        /// A content filter withheld the prompt or the completion.
        case filtered
        /// The request is refused for any other reason.
        case rejected
        /// The endpoint failed.
        case server
    }

    /// HTTP status, or the one in a body under status 200.
    package var status: Int
    /// Provider's code or type, for example `insufficient_quota`; nil for none.
    package var code: String?
    /// Provider's message in one line, at most 300 characters.
    package var message: String
    /// Wait that the body requires; nil for none.
    package var wait: Duration?
    /// True if the body was a web page.
    package var isPage: Bool

    package init(status: Int, code: String? = nil, message: String, wait: Duration? = nil, isPage: Bool = false) {
        self.isPage = isPage
        self.status = status
        self.code = code
        self.message = message
        self.wait = wait
    }

    /// True if the account is out of money or quota, which waiting does not change, unlike a throttle.
    package var isQuota: Bool { kind == .quota }

    package var kind: Kind {
        if status == 402 || code.map(Self.isQuota) == true || says(Self.quotaWords) { return .quota }
        if code.map(Self.filterCodes.contains) == true || ((400..<500).contains(status) && status != 429 && says(Self.filterWords)) {
            return .filtered
        }
        if says(Self.anyStatusFilterWords) { return .filtered }
        if status == 413 || code.map(Self.lengthCodes.contains) == true || (status == 400 && says(Self.lengthWords)) {
            return .contextLength
        }
        if isPage, (400..<500).contains(status), ![404, 408, 425, 429].contains(status) { return .page }
        let isOfKey = code.map { Self.keyCodes.contains($0.lowercased()) } == true || says(Self.keyWords)
        return switch status {
        case 401: .key
        case 403: isOfKey ? .key : .forbidden
        case 400 where isOfKey: .key
        case 404: .unknownModel
        case 429: .throttle
        case 503, 529: .overloaded
        case 500...: .server
        default: .rejected
        }
    }

    /// True if the message contains one of these, ignoring case.
    private func says(_ words: [String]) -> Bool {
        let message = message.lowercased()
        return words.contains(where: message.contains)
    }

    /// True for a code of Gemini that names an exhausted quota by the day, which does not recover in time.
    static func isQuota(_ code: String) -> Bool {
        quotaCodes.contains(code) || code.hasPrefix("GenerateRequestsPerDay") || code.contains("PerDayPerProject")
    }

    private static let quotaCodes: Set = [
        "insufficient_quota", "billing_hard_limit_reached", "billing_not_active",  // OpenAI, Azure, Alibaba
        "billing_error",  // Anthropic
        "insufficient_balance", "credit_exhausted",  // DeepSeek, resellers
        "exceeded_current_quota_error",  // Moonshot
        "Arrearage",  // Alibaba
        "AccountOverdueError",  // Volcengine
        "1113",  // Zhipu
        "payment_required", "insufficient_credits",
    ]
    /// Phrases in lower case for an exhausted quota, of providers that send another error's code with it: Anthropic
    /// (`invalid_request_error`), xAI, OpenRouter, MiniMax, Zhipu.
    private static let quotaWords = [
        "credit balance is too low", "reached your specified api usage limits", "used all available credits", "key limit exceeded",
        "insufficient balance", "insufficient credit", "insufficient funds", "insufficient quota", "balance is insufficient",
        "balance is not enough", "not enough balance", "no enough balance", "not enough credit", "out of credits", "no credits left",
        "account is in arrears", "account in arrears", "please recharge", "account is overdue", "payment required", "余额不足", "欠费",
    ]
    private static let filterCodes: Set = [
        "content_filter", "content_policy_violation", "ResponsibleAIPolicyViolation", "invalid_prompt",  // Azure, OpenAI
        "data_inspection_failed", "DataInspectionFailed",  // Alibaba
        "1301",  // Zhipu
        "moderation_blocked",
    ]
    /// Phrases for a content filter under any status: Anthropic, DeepSeek.
    private static let anyStatusFilterWords = ["output blocked by content filtering policy", "content exists risk"]
    /// Phrases for a filtered prompt: OpenRouter, xAI, Azure and others.
    private static let filterWords = [
        "requires moderation", "was flagged", "been flagged", "flagged by", "violates usage guidelines", "violates our usage",
        "violate our usage", "violating our usage", "usage policies", "content policy", "content policies", "content management policy",
        "content filter", "safety system", "safety guidelines", "safety policy", "community guidelines", "inappropriate content",
        "sensitive content", "unsafe content",
    ]
    /// Codes for a refused key: OpenAI, Anthropic, Google.
    private static let keyCodes: Set = [
        "invalid_api_key", "authentication_error", "unauthenticated", "api_key_invalid", "account_deactivated", "invalid_authentication",
        "unauthorized", "missing_api_key", "unsupported_country_region_territory",
    ]
    private static let keyWords = [
        "api key not valid", "incorrect api key", "invalid api key", "invalid api_key", "invalid x-api-key", "api key is invalid",
        "api key is missing", "missing api key", "no api key", "api key expired", "api key has expired", "api key has been",
        "api key does not", "provide an api key", "provide your api key", "provide a valid api key", "api key was", "valid api key",
        "subscription key", "authentication failed", "authentication required", "not authenticated", "unauthenticated", "unauthorized",
        "invalid token", "token expired", "token has expired", "access token", "bearer token", "invalid credential", "missing credential",
        "authorization header", "account has been deactivated", "account is deactivated", "account has been disabled",
        "your key", "this key", "does not have access to model", "region, or territory not supported",
    ]
    private static let lengthCodes: Set = [
        "context_length_exceeded", "request_too_large", "exceed_context_size_error", "string_above_max_length",
    ]
    /// Phrases for a too long prompt: Anthropic; vLLM and Mistral; Gemini.
    private static let lengthWords = ["prompt is too long", "maximum context length", "exceeds the maximum number of tokens"]
}
