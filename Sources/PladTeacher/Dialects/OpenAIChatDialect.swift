package import PladHTTP
package import PladRecords

/// OpenAI's chat completions, which vLLM, llama.cpp, Ollama, OpenRouter, DeepSeek, Mistral and plad's own endpoint
/// speak too.
///
/// Source: OpenAI API reference, "Create chat completion"; spellings of others as their documentation has them.
package struct OpenAIChatDialect: Dialect {
    package let model: String
    /// The field that limits the answer: OpenAI's reasoning models refuse `max_tokens`, most others know nothing else.
    package let tokenLimitField: String
    package let keyStyle: Credential.Style
    /// Fields laid over the body; null takes a field out.
    package let extra: [String: JSONValue]

    /// - Parameter remote: the address to be asked; it decides the spelling of the token limit.
    package init(model: String, remote: String? = nil, extra: [String: JSONValue] = [:]) {
        self.model = model
        self.extra = extra
        let host = Dialects.host(of: remote)
        tokenLimitField = host == "api.openai.com" ? "max_completion_tokens" : "max_tokens"
        keyStyle = .openAI(host: host)
    }

    package var name: String { "openai-chat" }
    package var choices: Choices? { .openAI }

    package func path(from base: String) -> String {
        if base.hasSuffix("/chat/completions") { return base }
        return (base.isEmpty ? "/v1" : base) + "/chat/completions"
    }

    /// `top_k`, which OpenAI itself does not know, is sent only where it is set; `top_p` only where it is not 1.
    package func body(asking messages: [Message], _ parameters: SamplingParameters, sample: Int) -> JSONValue {
        var fields: [String: JSONValue] = [
            "model": .string(model),
            "messages": .array(messages.map { ["role": .string($0.role), "content": .string($0.content)] }),
            "temperature": .double(parameters.temperature),
            tokenLimitField: .int(Int64(parameters.maxTokens)),
        ]
        if parameters.topP != 1 { fields["top_p"] = .double(parameters.topP) }
        fields["top_k"] = parameters.topK.map { .int(Int64($0)) }
        fields["stop"] = parameters.stopField
        fields["seed"] = parameters.seedField(sample: sample)
        return .object(fields.overlaid(with: extra))
    }

    package func read(answer document: JSONValue) -> Reading {
        guard let choice = document["choices"]?[0], let message = choice["message"], message.object != nil else {
            return .missing("\"choices\" with a \"message\"", in: document)
        }
        let ending = choice["finish_reason"]?.string
        guard let finish = FinishReason(openAI: ending) else { return .brokenOff(ending, in: choice) }
        guard let content = JSONValue.content(message["content"]) else { return .unreadable("the message's \"content\" is no text") }
        let refusal = message["refusal"]?.string.flatMap { $0.isEmpty ? nil : $0 }
        var completion = Completion(
            reading: content.text, thoughts: content.thoughts.isEmpty ? message.thoughts : content.thoughts, finish: finish,
            usage: Usage(openAI: document["usage"]), model: document["model"], fingerprint: document["system_fingerprint"])
        if let refusal {
            completion.text = refusal
            completion.finishReason = finish == .filtered ? .filtered : .refused
        }
        return .completion(completion)
    }

    package func streamed(_ form: WireForm) -> WireForm {
        form.adding(["stream": true, "stream_options": ["include_usage": true]])
    }

    package func document(assembling events: [StreamEvent]) throws(StreamError) -> JSONValue {
        try ChoiceStream.document(events, isChat: true)
    }
}

extension FinishReason {
    /// The meaning of `finish_reason` in the spellings of OpenAI and those who speak its dialects; nil where the endpoint
    /// itself broke the answer off.
    init?(openAI reason: String?) {
        switch reason {
        case "stop", "eos", "eos_token", "end_turn", "stop_sequence": self = .stop
        case "length", "max_tokens", "max_length", "model_length": self = .length
        case "content_filter", "safety": self = .filtered
        case "error", "insufficient_system_resource": return nil
        default: self = .other
        }
    }
}
