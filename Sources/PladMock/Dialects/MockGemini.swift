import PladRecords

/// Google's generateContent and streamGenerateContent.
struct MockGemini: MockDialect {
    func prompt(in request: JSONValue) -> String { request["contents"]?.array?.last?["parts"]?.joinedText ?? "" }

    func streams(_ request: JSONValue, path: String) -> Bool { path.contains(":streamGenerateContent") }

    func whole(_ saying: MockSaying) -> JSONValue {
        chunk(saying, thoughts(saying) + [["text": .string(saying.refusal ?? saying.text)]], finish(saying))
    }

    func stream(_ saying: MockSaying, of request: JSONValue) -> MockStream {
        let thoughts = thoughts(saying)
        return MockStream(
            opening: thoughts.isEmpty ? [] : [chunk(saying, thoughts, nil)],
            middle: (saying.refusal.map { [$0] } ?? saying.words).map { chunk(saying, [["text": .string($0)]], nil) },
            closing: [chunk(saying, [["text": ""]], finish(saying))])
    }

    func error(status: Int, message: String) -> JSONValue {
        let state: JSONValue = status == 429 ? "RESOURCE_EXHAUSTED" : status >= 500 ? "UNAVAILABLE" : "INVALID_ARGUMENT"
        return ["error": ["code": .number(status), "message": .string(message), "status": state]]
    }

    private func thoughts(_ saying: MockSaying) -> [JSONValue] {
        saying.reasoning.map { [["text": .string($0), "thought": true]] } ?? []
    }

    private func chunk(_ saying: MockSaying, _ parts: [JSONValue], _ finish: JSONValue?) -> JSONValue {
        var candidate: [String: JSONValue] = ["index": 0, "content": ["role": "model", "parts": .array(parts)]]
        candidate["finishReason"] = finish
        return [
            "candidates": [.object(candidate)], "modelVersion": .string(saying.model), "responseId": .string(saying.id),
            "usageMetadata": [
                "promptTokenCount": .number(saying.promptTokens),
                "candidatesTokenCount": .number(saying.completionTokens - saying.reasoningTokens),
                "thoughtsTokenCount": .number(saying.reasoningTokens),
                "totalTokenCount": .number(saying.promptTokens + saying.completionTokens),
            ],
        ]
    }

    private func finish(_ saying: MockSaying) -> JSONValue {
        guard saying.refusal == nil else { return "SAFETY" }
        return switch saying.finishReason {
        case "stop": "STOP"
        case "length": "MAX_TOKENS"
        case "content_filter": "SAFETY"
        case let other: .string(other)
        }
    }
}
