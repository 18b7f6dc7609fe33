/// The reason why a completion ended.
public enum FinishReason: String, Codable, Sendable {
    /// The model ended it, or a stop string did.
    case stop
    /// The token limit cut it off.
    case length
    /// The provider's content filter withheld it.
    case filtered
    /// The model refused the request.
    case refused
    /// The completion is unfinished for another or an unknown reason; `Completion.ending` names it.
    case other
}

/// Number of tokens that a request used, as the provider counts them.
public struct Usage: Codable, Sendable, Hashable {
    public var promptTokens: Int
    /// Number of completion tokens, thinking included.
    public var completionTokens: Int
    /// Number of prompt tokens read from the provider's cache; nil if the provider does not report it.
    public var cachedTokens: Int?
    /// Number of completion tokens spent on thinking; nil if the provider does not report it.
    public var reasoningTokens: Int?

    public init(promptTokens: Int, completionTokens: Int, cachedTokens: Int? = nil, reasoningTokens: Int? = nil) {
        self.promptTokens = promptTokens
        self.completionTokens = completionTokens
        self.cachedTokens = cachedTokens
        self.reasoningTokens = reasoningTokens
    }
}

/// A model's completion of one prompt.
public struct Completion: Codable, Sendable, Hashable {
    public var text: String
    public var finishReason: FinishReason
    /// Thinking that the model returned beside the completion; not trained on by default.
    public var reasoning: String?
    public var usage: Usage?
    /// Name of the model as the provider returned it.
    public var model: String?
    /// Provider's fingerprint of the weights and settings behind the name, if it sends one: it changes when they do.
    public var fingerprint: String?
    /// Reason of a finish reason `other`: the provider's word, or the problem with the text.
    public var ending: String?
    /// Control text of a chat format that was cut off the text's edges; nil for none.
    public var cut: String?

    public init(
        text: String, finishReason: FinishReason, reasoning: String? = nil, usage: Usage? = nil, model: String? = nil,
        fingerprint: String? = nil, ending: String? = nil, cut: String? = nil
    ) {
        self.text = text
        self.finishReason = finishReason
        self.reasoning = reasoning
        self.usage = usage
        self.model = model
        self.fingerprint = fingerprint
        self.ending = ending
        self.cut = cut
    }
}
