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
    package var completionTokens: Int

    package init(promptTokens: Int, completionTokens: Int) {
        self.promptTokens = promptTokens
        self.completionTokens = completionTokens
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

    package init(text: String, finishReason: FinishReason, reasoning: String? = nil, usage: Usage? = nil, model: String? = nil) {
        self.text = text
        self.finishReason = finishReason
        self.reasoning = reasoning
        self.usage = usage
        self.model = model
    }
}
