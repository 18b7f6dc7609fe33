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
        do {
            return try read(JSONValue(parsing: body))
        } catch {
            return .unreadable("\(error)")
        }
    }

    private func read(_ document: JSONValue) -> Reading {
        guard let choice = document["choices"]?[0], let message = choice["message"], message.object != nil else {
            // Gateways report an upstream error under status 200.
            if let fault = ProviderFault(inside: document) { return .fault(fault) }
            return .unreadable("it holds no \"choices\" with a \"message\"")
        }
        let finish: FinishReason
        switch choice["finish_reason"]?.string {
        case "stop", "eos", "eos_token", "end_turn", "stop_sequence": finish = .stop
        case "length", "max_tokens", "max_length", "model_length": finish = .length
        case "content_filter", "safety": finish = .filtered
        case let reason? where reason == "error" || reason == "insufficient_system_resource":
            return .unreadable("the endpoint broke the answer off: finish_reason \"\(reason)\"")
        default: finish = .other
        }
        guard let content = Self.text(of: message["content"]) else { return .unreadable("the message's \"content\" is no text") }
        let thought = ThinkBlock.split(content)
        let reasoning = [message["reasoning"]?.string ?? message["reasoning_content"]?.string, thought.reasoning]
            .compactMap { $0 }.filter { !$0.isEmpty }
        let refusal = message["refusal"]?.string.flatMap { $0.isEmpty ? nil : $0 }
        return .completion(
            Completion(
                text: refusal ?? thought.text,
                finishReason: refusal == nil || finish == .filtered ? finish : .refused,
                reasoning: reasoning.isEmpty ? nil : reasoning.joined(separator: "\n"),
                usage: Self.usage(in: document), model: document["model"]?.string))
    }

    /// A text, or a list of parts of which the text ones count; null is the empty text. Nil for anything else.
    private static func text(of content: JSONValue?) -> String? {
        switch content {
        case nil, .null: ""
        case .string(let text): text
        case .array(let parts): parts.compactMap { $0["text"]?.string }.joined()
        default: nil
        }
    }

    private static func usage(in document: JSONValue) -> Usage? {
        guard let usage = document["usage"], let prompt = usage["prompt_tokens"]?.int else { return nil }
        return Usage(promptTokens: prompt, completionTokens: usage["completion_tokens"]?.int ?? 0)
    }
}
