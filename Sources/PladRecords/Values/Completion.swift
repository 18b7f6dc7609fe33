/// Why a completion ended.
public enum FinishReason: String, Codable, Sendable {
    /// The model ended it, or a stop string did.
    case stop
    /// The token limit cut it off.
    case length
    /// The provider's content filter withheld it.
    case filtered
    /// The model declined to answer.
    case refused
    /// A reason plad does not know.
    case other
}

/// Tokens that a request took, as the provider counts them.
public struct Usage: Codable, Sendable, Hashable {
    public var promptTokens: Int
    /// Thinking included.
    public var completionTokens: Int
    /// Those of the prompt's that the provider still held from an earlier request; nil where it does not say.
    public var cachedTokens: Int?
    /// Those of the completion's that are thinking; nil where the provider does not say.
    public var reasoningTokens: Int?

    public init(promptTokens: Int, completionTokens: Int, cachedTokens: Int? = nil, reasoningTokens: Int? = nil) {
        self.promptTokens = promptTokens
        self.completionTokens = completionTokens
        self.cachedTokens = cachedTokens
        self.reasoningTokens = reasoningTokens
    }
}

/// What a model answered to one prompt.
public struct Completion: Codable, Sendable, Hashable {
    public var text: String
    public var finishReason: FinishReason
    /// Thinking that the model showed beside its answer; never trained on unless asked.
    public var reasoning: String?
    public var usage: Usage?
    /// The model's name as the provider returned it.
    public var model: String?
    /// What the provider calls the weights and settings behind the name, where it does: it changes when they do.
    public var fingerprint: String?

    public init(
        text: String, finishReason: FinishReason, reasoning: String? = nil, usage: Usage? = nil, model: String? = nil,
        fingerprint: String? = nil
    ) {
        self.text = text
        self.finishReason = finishReason
        self.reasoning = reasoning
        self.usage = usage
        self.model = model
        self.fingerprint = fingerprint
    }
}
