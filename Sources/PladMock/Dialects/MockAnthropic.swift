import PladRecords

/// Anthropic's messages, whole and as events.
struct MockAnthropic: MockDialect {
    func prompt(in request: JSONValue) -> String { request["messages"]?.array?.last?["content"]?.joinedText ?? "" }

    func whole(_ saying: MockSaying) -> JSONValue {
        let thoughts: [JSONValue] = saying.reasoning.map { [["type": "thinking", "thinking": .string($0), "signature": ""]] } ?? []
        let text: JSONValue = ["type": "text", "text": .string(saying.refusal ?? saying.text)]
        return message(saying).with([
            "content": .array(thoughts + [text]), "stop_reason": stopReason(saying), "usage": usage(saying, saying.completionTokens),
        ])
    }

    func stream(_ saying: MockSaying, of request: JSONValue) -> MockStream {
        var stream = MockStream(namesEvents: true)
        stream.opening = [["type": "message_start", "message": message(saying).with(["usage": usage(saying, 1)])]]
        var index: Int64 = 0
        if let reasoning = saying.reasoning {
            stream.opening += [
                ["type": "content_block_start", "index": 0, "content_block": ["type": "thinking", "thinking": "", "signature": ""]],
                ["type": "content_block_delta", "index": 0, "delta": ["type": "thinking_delta", "thinking": .string(reasoning)]],
                ["type": "content_block_stop", "index": 0],
            ]
            index = 1
        }
        stream.opening.append(
            ["type": "content_block_start", "index": .int(index), "content_block": ["type": "text", "text": ""]])
        stream.middle = (saying.refusal.map { [$0] } ?? saying.words).map {
            ["type": "content_block_delta", "index": .int(index), "delta": ["type": "text_delta", "text": .string($0)]]
        }
        stream.closing = [
            ["type": "content_block_stop", "index": .int(index)],
            [
                "type": "message_delta", "delta": ["stop_reason": stopReason(saying), "stop_sequence": .null],
                "usage": ["output_tokens": .number(saying.completionTokens)],
            ],
            ["type": "message_stop"],
        ]
        return stream
    }

    func error(status: Int, message: String) -> JSONValue {
        let types = [
            400: "invalid_request_error", 401: "authentication_error", 403: "permission_error", 404: "not_found_error",
            413: "request_too_large", 429: "rate_limit_error", 529: "overloaded_error",
        ]
        return ["type": "error", "error": ["type": .string(types[status] ?? "api_error"), "message": .string(message)]]
    }

    private func message(_ saying: MockSaying) -> JSONValue {
        [
            "id": .string(saying.id), "type": "message", "role": "assistant", "model": .string(saying.model), "content": [],
            "stop_reason": .null, "stop_sequence": .null,
        ]
    }

    private func usage(_ saying: MockSaying, _ output: Int) -> JSONValue {
        ["input_tokens": .number(saying.promptTokens), "output_tokens": .number(output)]
    }

    private func stopReason(_ saying: MockSaying) -> JSONValue {
        guard saying.refusal == nil else { return "refusal" }
        return switch saying.finishReason {
        case "stop": "end_turn"
        case "length": "max_tokens"
        case "content_filter": "refusal"
        case let other: .string(other)
        }
    }
}
