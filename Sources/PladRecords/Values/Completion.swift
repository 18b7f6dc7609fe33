/// Why a completion ended.
package enum FinishReason: String, Codable, Sendable {
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
package struct Usage: Codable, Sendable, Hashable {
    package var promptTokens: Int
    /// Thinking included.
    package var completionTokens: Int
    /// Those of the prompt's that the provider still held from an earlier request; nil where it does not say.
    package var cachedTokens: Int?
    /// Those of the completion's that are thinking; nil where the provider does not say.
    package var reasoningTokens: Int?

    package init(promptTokens: Int, completionTokens: Int, cachedTokens: Int? = nil, reasoningTokens: Int? = nil) {
        self.promptTokens = promptTokens
        self.completionTokens = completionTokens
        self.cachedTokens = cachedTokens
        self.reasoningTokens = reasoningTokens
    }
}

/// What a model answered to one prompt.
package struct Completion: Codable, Sendable, Hashable {
    package var text: String
    package var finishReason: FinishReason
    /// Thinking that the model showed beside its answer; never trained on unless asked.
    package var reasoning: String?
    package var usage: Usage?
    /// The model's name as the provider returned it.
    package var model: String?
    /// What the provider calls the weights and settings behind the name, where it does: it changes when they do.
    package var fingerprint: String?

    package init(
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
