import Foundation
import PladRecords

/// Spells a mock teacher's reply in the OpenAI chat dialect.
struct MockBody {
    let reply: MockReply
    let script: MockScript
    let request: MockRequest
    /// Of the request; gives each response an id of its own.
    let digest: Digest

    private var text: String { reply.text ?? script.answer.replacingOccurrences(of: "{prompt}", with: request.prompt) }
    private var model: String { reply.model ?? script.model }
    private var id: String { "mock-" + digest.description.prefix(16) }

    /// The body of a response that is not streamed.
    var whole: Data {
        if let body = reply.body { return Data(body.utf8) }
        guard reply.status < 300 else { return Data(error.canonical.utf8) }
        var message: [String: JSONValue] = ["role": "assistant", "content": .string(text)]
        if let reasoning = reply.reasoning { message["reasoning_content"] = .string(reasoning) }
        if let refusal = reply.refusal {
            message["refusal"] = .string(refusal)
            message["content"] = .null
        }
        let choice: JSONValue = ["index": 0, "message": .object(message), "finish_reason": .string(reply.finishReason)]
        return Data(envelope("chat.completion", [choice], ["usage": usage]).canonical.utf8)
    }

    /// The server-sent events of a streamed response, each with its empty line.
    var events: [Data] {
        let words = text.split(separator: " ", omittingEmptySubsequences: false)
        var deltas: [JSONValue] = [["role": "assistant", "content": ""]]
        if let reasoning = reply.reasoning { deltas.append(["reasoning_content": .string(reasoning)]) }
        deltas += words.enumerated().map { ["content": .string($0.offset == 0 ? String($0.element) : " " + $0.element)] }
        if let refusal = reply.refusal { deltas = [["refusal": .string(refusal)]] }
        var lines = deltas.map { chunk([["index": 0, "delta": $0, "finish_reason": .null]]) }
        switch reply.events {
        case .inOrder, .unfinished: break
        case .duplicated: lines = lines.flatMap { [$0, $0] }
        case .outOfOrder: for index in stride(from: 1, to: lines.count - 1, by: 2) { lines.swapAt(index, index + 1) }
        }
        if reply.events != .unfinished {
            lines.append(chunk([["index": 0, "delta": .object([:]), "finish_reason": .string(reply.finishReason)]]))
            if request.includesUsage { lines.append(envelope("chat.completion.chunk", [], ["usage": usage]).canonical) }
            lines.append("[DONE]")
        }
        return lines.map { Data("data: \($0)\n\n".utf8) }
    }

    private var error: JSONValue {
        let code: JSONValue = reply.status == 429 ? "rate_limit_exceeded" : .null
        return [
            "error": ["message": .string("mock failure with status \(reply.status)"), "type": "mock_error", "param": .null, "code": code]
        ]
    }

    /// Words stand for tokens.
    private var usage: JSONValue {
        let (prompt, completion) = (request.prompt.split(separator: " ").count, text.split(separator: " ").count)
        return [
            "prompt_tokens": .int(Int64(prompt)), "completion_tokens": .int(Int64(completion)),
            "total_tokens": .int(Int64(prompt + completion)),
        ]
    }

    private func chunk(_ choices: JSONValue) -> String {
        envelope("chat.completion.chunk", choices.array ?? [], [:]).canonical
    }

    private func envelope(_ object: String, _ choices: [JSONValue], _ more: [String: JSONValue]) -> JSONValue {
        let members: [String: JSONValue] = [
            "id": .string(id), "object": .string(object), "created": 0, "model": .string(model), "choices": .array(choices),
        ]
        return .object(members.merging(more) { $1 })
    }
}

/// What a mock teacher reads of a request.
struct MockRequest {
    /// The text of the last message, or of the prompt.
    var prompt: String
    var streams: Bool
    var includesUsage: Bool

    init(body: Data) {
        let value = try? JSONValue(parsing: body)
        let content = value?["messages"]?.array?.last?["content"]
        let parts = content?.array?.compactMap { $0["text"]?.string }.joined()
        prompt = content?.string ?? parts ?? value?["prompt"]?.string ?? ""
        streams = value?["stream"]?.bool ?? false
        includesUsage = value?["stream_options"]?["include_usage"]?.bool ?? false
    }
}
