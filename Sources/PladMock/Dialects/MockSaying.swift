import Foundation

/// A mock teacher's completion of a prompt, before a dialect formats it.
struct MockSaying {
    var id: String
    var model: String
    var text: String
    var reasoning: String?
    var refusal: String?
    /// Finish reason as in OpenAI's chat: `stop`, `length`, `content_filter`, or any other text.
    var finishReason: String
    /// Number of the prompt's words, which stand for tokens.
    var promptTokens: Int
    var completionTokens: Int { Self.tokens(text) + reasoningTokens }
    var reasoningTokens: Int { reasoning.map(Self.tokens) ?? 0 }

    /// - Parameter id: id of the response, different for each request.
    init(_ reply: MockReply, script: MockScript, prompt: String, id: String) {
        self.id = id
        model = reply.model ?? script.model
        text = reply.text ?? script.answer.replacingOccurrences(of: "{prompt}", with: prompt)
        reasoning = reply.reasoning
        refusal = reply.refusal
        finishReason = reply.finishReason
        promptTokens = Self.tokens(prompt)
    }

    /// The text in pieces for a streamed response: words, each with the space before it.
    var words: [String] {
        text.split(separator: " ", omittingEmptySubsequences: false).enumerated()
            .map { $0.offset == 0 ? String($0.element) : " " + $0.element }
    }

    private static func tokens(_ text: String) -> Int { text.split(separator: " ").count }
}
