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
    /// Unfinished: for a reason that no whole answer has, or that is not known, or without one. `Completion.ending` names it.
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
    /// Why it is unfinished, where its finish reason is `other`: the provider's word, or what is wrong with the text.
    public var ending: String?
    /// Control text of a chat format that stood at the text's edges and was cut off; nil where there was none.
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
