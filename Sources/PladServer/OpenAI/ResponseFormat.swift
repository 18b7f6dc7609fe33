import Foundation
import PladRecords

/// Formats the responses to one `GenerationCall` like the API.
struct ResponseFormat: Sendable {
    let kind: GenerationCall.Kind
    let id: String
    /// Time of the response in seconds since 1970.
    let created: Int
    let model: String
    /// True if chunks before the last hold `"usage": null`, in streamed responses.
    let includesUsage: Bool

    init(call: GenerationCall, model: String, now: Date) {
        kind = call.kind
        let prefix = kind == .chat ? "chatcmpl-" : "cmpl-"
        id = prefix + UUID().uuidString.replacingOccurrences(of: "-", with: "").lowercased()
        created = Int(now.timeIntervalSince1970)
        self.model = model
        includesUsage = call.includesUsage
    }

    /// A choice of a whole response.
    func choice(_ index: Int, text: String, finishReason: FinishReason) -> JSONValue {
        var choice = base(index, finishReason)
        if kind == .chat {
            choice["message"] = ["role": "assistant", "content": .string(text), "refusal": .null]
        } else {
            choice["text"] = .string(text)
        }
        return .object(choice)
    }

    func whole(choices: [JSONValue], usage: Usage) -> JSONValue {
        envelope(kind == .chat ? "chat.completion" : "text_completion", choices, ["usage": Self.json(usage)])
    }

    /// The first chunk of a choice in chat; completions have none.
    func opening(_ index: Int) -> JSONValue? {
        guard kind == .chat else { return nil }
        return chunk(base(index, nil).merging(["delta": ["role": "assistant", "content": ""]]) { $1 })
    }

    func chunk(_ index: Int, text: String) -> JSONValue {
        var choice = base(index, nil)
        if kind == .chat { choice["delta"] = ["content": .string(text)] } else { choice["text"] = .string(text) }
        return chunk(choice)
    }

    /// The last chunk of a choice.
    func closing(_ index: Int, _ finishReason: FinishReason) -> JSONValue {
        var choice = base(index, finishReason)
        if kind == .chat { choice["delta"] = .object([:]) } else { choice["text"] = "" }
        return chunk(choice)
    }

    /// The last chunk of a response that includes the usage.
    func usageChunk(_ usage: Usage) -> JSONValue {
        envelope(chunkName, [], ["usage": Self.json(usage)])
    }

    private var chunkName: String { kind == .chat ? "chat.completion.chunk" : "text_completion" }

    private func chunk(_ choice: [String: JSONValue]) -> JSONValue {
        envelope(chunkName, [.object(choice)], includesUsage ? ["usage": .null] : [:])
    }

    private func base(_ index: Int, _ finishReason: FinishReason?) -> [String: JSONValue] {
        ["index": .int(Int64(index)), "finish_reason": finishReason.map { .string($0.rawValue) } ?? .null, "logprobs": .null]
    }

    private func envelope(_ object: String, _ choices: [JSONValue], _ more: [String: JSONValue]) -> JSONValue {
        let members: [String: JSONValue] = [
            "id": .string(id), "object": .string(object), "created": .int(Int64(created)), "model": .string(model),
            "choices": .array(choices),
        ]
        return .object(members.merging(more) { $1 })
    }

    private static func json(_ usage: Usage) -> JSONValue {
        [
            "prompt_tokens": .int(Int64(usage.promptTokens)),
            "completion_tokens": .int(Int64(usage.completionTokens)),
            "total_tokens": .int(Int64(usage.promptTokens + usage.completionTokens)),
        ]
    }
}
