import Foundation

/// A mock teacher's words on a prompt, before a dialect spells them.
struct MockSaying {
    var id: String
    var model: String
    var text: String
    var reasoning: String?
    var refusal: String?
    /// `stop`, `length`, `content_filter`, or anything else, as OpenAI's chat spells it.
    var finishReason: String
    /// Words stand for tokens.
    var promptTokens: Int
    var completionTokens: Int { Self.tokens(text) + reasoningTokens }
    var reasoningTokens: Int { reasoning.map(Self.tokens) ?? 0 }

    /// - Parameter id: of the response; each request's own.
    init(_ reply: MockReply, script: MockScript, prompt: String, id: String) {
        self.id = id
        model = reply.model ?? script.model
        text = reply.text ?? script.answer.replacingOccurrences(of: "{prompt}", with: prompt)
        reasoning = reply.reasoning
        refusal = reply.refusal
        finishReason = reply.finishReason
        promptTokens = Self.tokens(prompt)
    }

    /// The text in pieces, as a streamed response brings it: words, each with the space before it.
    var words: [String] {
        text.split(separator: " ", omittingEmptySubsequences: false).enumerated()
            .map { $0.offset == 0 ? String($0.element) : " " + $0.element }
    }

    private static func tokens(_ text: String) -> Int { text.split(separator: " ").count }
}
