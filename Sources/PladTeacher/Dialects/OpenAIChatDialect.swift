package import Foundation
package import PladRecords

/// OpenAI's chat completions, which vLLM, llama.cpp, Ollama, OpenRouter, DeepSeek, Mistral and plad's own endpoint
/// speak too.
///
/// Source: OpenAI API reference, "Create chat completion"; spellings of others as their documentation has them.
package struct OpenAIChatDialect: Dialect {
    package let model: String
    /// The field that limits the answer: OpenAI's reasoning models refuse `max_tokens`, most others know nothing else.
    package let tokenLimitField: String
    /// Fields laid over the body; null takes a field out.
    package let extra: [String: JSONValue]

    /// - Parameter remote: the address to be asked; it decides the spelling of the token limit.
    package init(model: String, remote: String? = nil, extra: [String: JSONValue] = [:]) {
        self.model = model
        self.extra = extra
        let host = remote.flatMap { URLComponents(string: $0)?.host?.lowercased() }
        tokenLimitField = host == "api.openai.com" ? "max_completion_tokens" : "max_tokens"
    }

    package var name: String { "openai-chat" }
    package var keyStyle: TeacherKey.Style { .bearer }

    package func path(from base: String) -> String {
        if base.hasSuffix("/chat/completions") { return base }
        return (base.isEmpty ? "/v1" : base) + "/chat/completions"
    }

    /// Where a seed is given, sample k is asked with seed + k: the same seed again would bring the same answer.
    /// `top_k`, which OpenAI itself does not know, is sent only where it is set; `top_p` only where it is not 1.
    package func body(asking messages: [Message], _ parameters: SamplingParameters, sample: Int) -> JSONValue {
        var fields: [String: JSONValue] = [
            "model": .string(model),
            "messages": .array(messages.map { ["role": .string($0.role), "content": .string($0.content)] }),
            "temperature": .double(parameters.temperature),
            tokenLimitField: .int(Int64(parameters.maxTokens)),
        ]
        if parameters.topP != 1 { fields["top_p"] = .double(parameters.topP) }
        if let topK = parameters.topK { fields["top_k"] = .int(Int64(topK)) }
        if !parameters.stop.isEmpty { fields["stop"] = .array(parameters.stop.map { .string($0) }) }
        if let seed = parameters.seed {
            fields["seed"] = .int(Int64(truncatingIfNeeded: (seed &+ UInt64(sample)) & UInt64(Int64.max)))
        }
        for (name, value) in extra { fields[name] = value == .null ? nil : value }
        return .object(fields)
    }

    package func read(status: Int, body: Data) -> Reading {
        guard (200..<300).contains(status) else {
            let fault = ProviderFault(status: status, reading: body)
            // Azure withholds an answer with an error instead of a finish reason.
            let isFiltered = fault.code == "content_filter" || fault.code == "content_policy_violation"
            return isFiltered ? .completion(Completion(text: "", finishReason: .filtered)) : .fault(fault)
        }
        let answer: ChatAnswer
        do {
            answer = try JSONDecoder().decode(ChatAnswer.self, from: body)
        } catch {
            // Gateways report an upstream error under status 200.
            if let fault = ProviderFault(inside: body) { return .fault(fault) }
            return .unreadable((error as? DecodingError)?.reason ?? "\(error)")
        }
        guard let choice = answer.choices.first else { return .unreadable("\"choices\" is empty") }
        return choice.reading(usage: answer.usage, model: answer.model)
    }
}

/// The fields of a chat completion that plad reads.
private struct ChatAnswer: Decodable {
    let choices: [Choice]
    let usage: TokenCounts?
    let model: String?

    struct Choice: Decodable {
        let message: ChatMessage
        let finishReason: String?

        enum CodingKeys: String, CodingKey {
            case message
            case finishReason = "finish_reason"
        }
    }

    struct ChatMessage: Decodable {
        let content: Content?
        let refusal: String?
        let reasoning: String?
        let reasoningContent: String?

        enum CodingKeys: String, CodingKey {
            case content, refusal, reasoning
            case reasoningContent = "reasoning_content"
        }
    }

    struct TokenCounts: Decodable {
        let promptTokens: Int?
        let completionTokens: Int?

        enum CodingKeys: String, CodingKey {
            case promptTokens = "prompt_tokens"
            case completionTokens = "completion_tokens"
        }
    }

    /// A text, or a list of parts of which the text ones count.
    struct Content: Decodable {
        let text: String

        struct Part: Decodable {
            let text: String?
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let parts = try? container.decode([Part].self) {
                text = parts.compactMap(\.text).joined()
            } else {
                text = try container.decode(String.self)
            }
        }
    }
}

extension ChatAnswer.Choice {
    fileprivate func reading(usage: ChatAnswer.TokenCounts?, model: String?) -> Reading {
        let finish: FinishReason
        switch finishReason {
        case "stop", "eos", "eos_token", "end_turn", "stop_sequence": finish = .stop
        case "length", "max_tokens", "max_length", "model_length": finish = .length
        case "content_filter", "safety": finish = .filtered
        case "error", "insufficient_system_resource":
            return .unreadable("the endpoint broke the answer off: finish_reason \"\(finishReason ?? "")\"")
        default: finish = .other
        }
        let thought = ThinkBlock.split(message.content?.text ?? "")
        let reasoning = [message.reasoning ?? message.reasoningContent, thought.reasoning].compactMap { $0 }.filter { !$0.isEmpty }
        let refusal = message.refusal.flatMap { $0.isEmpty ? nil : $0 }
        return .completion(
            Completion(
                text: refusal ?? thought.text,
                finishReason: refusal == nil || finish == .filtered ? finish : .refused,
                reasoning: reasoning.isEmpty ? nil : reasoning.joined(separator: "\n"),
                usage: usage.map { Usage(promptTokens: $0.promptTokens ?? 0, completionTokens: $0.completionTokens ?? 0) },
                model: model))
    }
}
