/// An error as the endpoint reports it.
package struct ProviderFault: Error, Sendable, Hashable {
    /// What an error is about: what helps against it.
    package enum Kind: String, Sendable {
        /// The key is missing, wrong, or not allowed to do this.
        case key
        /// No such path or model.
        case unknownModel
        /// The account is out of money or quota: waiting minutes does not help.
        case quota
        /// Too many requests or tokens in a minute.
        case throttle
        /// The endpoint has more to do than it can.
        case overloaded
        /// Prompt and answer are longer than the model's context.
        case contextLength
        /// A content filter withheld prompt or answer.
        case filtered
        /// The request is refused for anything else.
        case rejected
        /// The endpoint failed.
        case server
    }

    /// The HTTP status, or the one that a body reports under status 200.
    package var status: Int
    /// The provider's code or type, for example `insufficient_quota`; nil where there is none.
    package var code: String?
    /// The provider's words in one line, at most 300 characters.
    package var message: String
    /// How long the body asks to wait; nil where it does not say.
    package var wait: Duration?

    package init(status: Int, code: String? = nil, message: String, wait: Duration? = nil) {
        self.status = status
        self.code = code
        self.message = message
        self.wait = wait
    }

    /// Whether the account is out of money or quota: unlike a throttle, waiting does not help.
    package var isQuota: Bool { kind == .quota }

    package var kind: Kind {
        if status == 402 || code.map(Self.isQuota) == true || says(Self.quotaWords) { return .quota }
        if code.map(Self.filterCodes.contains) == true || says(Self.filterWords) { return .filtered }
        if status == 413 || code.map(Self.lengthCodes.contains) == true || (status == 400 && says(Self.lengthWords)) {
            return .contextLength
        }
        return switch status {
        case 401, 403: .key
        case 404: .unknownModel
        case 429: .throttle
        case 503, 529: .overloaded
        case 500...: .server
        default: .rejected
        }
    }

    private func says(_ words: [String]) -> Bool { words.contains(where: message.contains) }

    /// Gemini names the quota that is used up; one that counts days does not come back while anybody waits.
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
    /// In words, for those who send the code of something else with them: Anthropic (`invalid_request_error`), xAI.
    private static let quotaWords = [
        "credit balance is too low", "reached your specified API usage limits", "used all available credits",
        "Key limit exceeded",
    ]
    private static let filterCodes: Set = [
        "content_filter", "content_policy_violation", "ResponsibleAIPolicyViolation", "invalid_prompt",  // Azure, OpenAI
        "data_inspection_failed", "DataInspectionFailed",  // Alibaba
        "1301",  // Zhipu
    ]
    /// Anthropic, DeepSeek.
    private static let filterWords = ["Output blocked by content filtering policy", "Content Exists Risk"]
    private static let lengthCodes: Set = [
        "context_length_exceeded", "request_too_large", "exceed_context_size_error", "string_above_max_length",
    ]
    /// Anthropic; vLLM and Mistral; Gemini.
    private static let lengthWords = ["prompt is too long", "maximum context length", "exceeds the maximum number of tokens"]
}
