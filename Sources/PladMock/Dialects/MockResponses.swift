import PladRecords

/// OpenAI's responses, whole and as semantic events.
struct MockResponses: MockDialect {
    func prompt(in request: JSONValue) -> String {
        request["input"]?.string ?? request["input"]?.array?.last?["content"]?.joinedText ?? ""
    }

    func whole(_ saying: MockSaying) -> JSONValue {
        let details: JSONValue =
            switch saying.finishReason {
            case "length": ["reason": "max_output_tokens"]
            case "content_filter": ["reason": "content_filter"]
            default: .null
            }
        return response(saying, status: details == .null ? "completed" : "incomplete", output(saying)).with([
            "incomplete_details": details,
            "usage": [
                "input_tokens": .number(saying.promptTokens), "output_tokens": .number(saying.completionTokens),
                "output_tokens_details": ["reasoning_tokens": .number(saying.reasoningTokens)],
                "total_tokens": .number(saying.promptTokens + saying.completionTokens),
            ],
        ])
    }

    private func output(_ saying: MockSaying) -> [JSONValue] {
        let part: JSONValue =
            saying.refusal.map { ["type": "refusal", "refusal": .string($0)] }
            ?? ["type": "output_text", "text": .string(saying.text), "annotations": []]
        let message: JSONValue = ["type": "message", "id": "msg_mock", "role": "assistant", "status": "completed", "content": [part]]
        guard let reasoning = saying.reasoning else { return [message] }
        return [["type": "reasoning", "id": "rs_mock", "summary": [["type": "summary_text", "text": .string(reasoning)]]], message]
    }

    private func response(_ saying: MockSaying, status: JSONValue, _ output: [JSONValue]) -> JSONValue {
        [
            "id": .string(saying.id), "object": "response", "created_at": 0, "model": .string(saying.model), "status": status,
            "output": .array(output),
        ]
    }

    func stream(_ saying: MockSaying, of request: JSONValue) -> MockStream {
        var number: Int64 = -1
        func event(_ type: JSONValue, _ fields: [String: JSONValue]) -> JSONValue {
            number += 1
            return .object(fields.merging(["type": type, "sequence_number": .int(number)]) { $1 })
        }
        let place: [String: JSONValue] = ["item_id": "msg_mock", "output_index": 0, "content_index": 0]
        let began = event("response.created", ["response": response(saying, status: "in_progress", [])])
        let kind = saying.refusal == nil ? "response.output_text" : "response.refusal"
        let deltas = (saying.refusal.map { [$0] } ?? saying.words).map { word in
            event(.string(kind + ".delta"), place.merging(["delta": .string(word)]) { $1 })
        }
        let whole = whole(saying)
        let done = event(
            .string(kind + ".done"),
            place.merging([saying.refusal == nil ? "text" : "refusal": .string(saying.refusal ?? saying.text)]) { $1 })
        let ending: JSONValue = whole["status"] == "completed" ? "response.completed" : "response.incomplete"
        return MockStream(namesEvents: true, opening: [began], middle: deltas, closing: [done, event(ending, ["response": whole])])
    }

    func error(status: Int, message: String) -> JSONValue { MockChat().error(status: status, message: message) }
}
