import PladRecords

/// Ollama's chat: whole, or one document a line.
struct MockOllama: MockDialect {
    func prompt(in request: JSONValue) -> String { request["messages"]?.array?.last?["content"]?.joinedText ?? "" }

    /// True if the request streams, which is Ollama's default.
    func streams(_ request: JSONValue, path: String) -> Bool { request["stream"]?.bool ?? true }

    func whole(_ saying: MockSaying) -> JSONValue {
        line(saying, saying.refusal ?? saying.text, thinking: saying.reasoning).with(ending(saying))
    }

    func stream(_ saying: MockSaying, of request: JSONValue) -> MockStream {
        MockStream(
            format: .lines, opening: saying.reasoning.map { [line(saying, "", thinking: $0)] } ?? [],
            middle: (saying.refusal.map { [$0] } ?? saying.words).map { line(saying, $0, thinking: nil) },
            closing: [line(saying, "", thinking: nil).with(ending(saying))])
    }

    func error(status: Int, message: String) -> JSONValue { ["error": .string(message)] }

    private func line(_ saying: MockSaying, _ text: String, thinking: String?) -> JSONValue {
        var message: [String: JSONValue] = ["role": "assistant", "content": .string(text)]
        message["thinking"] = thinking.map { .string($0) }
        return ["model": .string(saying.model), "created_at": "1970-01-01T00:00:00Z", "message": .object(message), "done": false]
    }

    private func ending(_ saying: MockSaying) -> [String: JSONValue] {
        [
            "done": true, "done_reason": .string(saying.finishReason), "prompt_eval_count": .number(saying.promptTokens),
            "eval_count": .number(saying.completionTokens),
        ]
    }
}
