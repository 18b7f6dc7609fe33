import PladRecords

/// OpenAI's chat completions, whole and streamed.
struct MockChat: MockDialect {
    func prompt(in request: JSONValue) -> String {
        request["messages"]?.array?.last?["content"]?.joinedText ?? request["prompt"]?.string ?? ""
    }

    func whole(_ saying: MockSaying) -> JSONValue {
        var message: [String: JSONValue] = ["role": "assistant", "content": .string(saying.text)]
        if let reasoning = saying.reasoning { message["reasoning_content"] = .string(reasoning) }
        if let refusal = saying.refusal {
            message["refusal"] = .string(refusal)
            message["content"] = .null
        }
        let choice: JSONValue = ["index": 0, "message": .object(message), "finish_reason": .string(saying.finishReason)]
        return Self.envelope("chat.completion", saying, [choice]).with(["usage": Self.usage(saying)])
    }

    func stream(_ saying: MockSaying, of request: JSONValue) -> MockStream {
        func chunk(_ delta: JSONValue, _ finish: JSONValue = .null) -> JSONValue {
            Self.envelope("chat.completion.chunk", saying, [["index": 0, "delta": delta, "finish_reason": finish]])
        }
        var stream = MockStream(farewell: "[DONE]")
        if let refusal = saying.refusal {
            stream.middle = [chunk(["refusal": .string(refusal)])]
        } else {
            stream.opening = [chunk(["role": "assistant", "content": ""])]
            if let reasoning = saying.reasoning { stream.opening.append(chunk(["reasoning_content": .string(reasoning)])) }
            stream.middle = saying.words.map { chunk(["content": .string($0)]) }
        }
        stream.closing = [chunk(.object([:]), .string(saying.finishReason))]
        stream.closing += Self.usageChunk("chat.completion.chunk", saying, of: request)
        return stream
    }

    func error(status: Int, message: String) -> JSONValue {
        let code: JSONValue = status == 429 ? "rate_limit_exceeded" : .null
        return ["error": ["message": .string(message), "type": "mock_error", "param": .null, "code": code]]
    }

    static func envelope(_ object: String, _ saying: MockSaying, _ choices: [JSONValue]) -> JSONValue {
        [
            "id": .string(saying.id), "object": .string(object), "created": 0, "model": .string(saying.model),
            "choices": .array(choices),
        ]
    }

    /// The chunk with the token counts, if the request asks for it.
    static func usageChunk(_ object: String, _ saying: MockSaying, of request: JSONValue) -> [JSONValue] {
        guard request["stream_options"]?["include_usage"]?.bool == true else { return [] }
        return [envelope(object, saying, []).with(["usage": usage(saying)])]
    }

    static func usage(_ saying: MockSaying) -> JSONValue {
        let usage: JSONValue = [
            "prompt_tokens": .number(saying.promptTokens), "completion_tokens": .number(saying.completionTokens),
            "total_tokens": .number(saying.promptTokens + saying.completionTokens),
        ]
        guard saying.reasoning != nil else { return usage }
        return usage.with(["completion_tokens_details": ["reasoning_tokens": .number(saying.reasoningTokens)]])
    }
}

/// OpenAI's completions of a plain prompt.
struct MockCompletions: MockDialect {
    func prompt(in request: JSONValue) -> String { request["prompt"]?.string ?? request["prompt"]?[0]?.string ?? "" }

    func whole(_ saying: MockSaying) -> JSONValue {
        choice(saying, saying.refusal ?? saying.text, .string(saying.finishReason)).with(["usage": MockChat.usage(saying)])
    }

    func stream(_ saying: MockSaying, of request: JSONValue) -> MockStream {
        MockStream(
            middle: saying.words.map { choice(saying, $0, .null) },
            closing: [choice(saying, "", .string(saying.finishReason))] + MockChat.usageChunk("text_completion", saying, of: request),
            farewell: "[DONE]")
    }

    func error(status: Int, message: String) -> JSONValue { MockChat().error(status: status, message: message) }

    private func choice(_ saying: MockSaying, _ text: String, _ finish: JSONValue) -> JSONValue {
        MockChat.envelope("text_completion", saying, [["index": 0, "text": .string(text), "finish_reason": finish]])
    }
}
