package import PladHTTP
package import PladRecords

/// The dialect of OpenAI's chat completions, which vLLM, llama.cpp, Ollama, OpenRouter, DeepSeek, Mistral and plad's own endpoint
/// implement too.
///
/// Source: OpenAI API reference, "Create chat completion"; variants by the documentation of the others.
package struct OpenAIChatDialect: Dialect {
    package let model: String
    /// Name of the field for the token limit: OpenAI's reasoning models refuse `max_tokens`, most others know only that.
    package let tokenLimitField: String
    package let keyStyle: Credential.Style
    /// Fields to add to the body or replace in it; null removes one.
    package let extra: [String: JSONValue]

    /// - Parameter remote: address of the endpoint, which decides the name of the token limit.
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

    /// The body of a request. `top_k`, which OpenAI itself does not know, is sent only if it is set; `top_p` only if it is not 1.
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
        if document.hasNoChoice { return .withheld(Usage(openAI: document["usage"]), model: document["model"]) }
        let choice = document["choices"]?[0]
        let ending = choice?["finish_reason"]
        guard let choice, let message = choice["message"]?.object != nil ? choice["message"] : Ending(ending).textOfNone.map({ _ in [:] })
        else { return .missing("\"choices\" with a \"message\"", in: document) }
        guard let content = JSONValue.content(message["content"]) else { return .unreadable("the message's \"content\" is no text") }
        let completion = Completion(
            reading: content.text, thoughts: content.thoughts.isEmpty ? message.thoughts : content.thoughts,
            ending: Ending(ending).filtered(by: choice["content_filter_results"]).calling(message["tool_calls"])
                .calling(message["function_call"]),
            usage: Usage(openAI: document["usage"]), model: document["model"], fingerprint: document["system_fingerprint"]
        )?.refusing(message["refusal"]?.string)
        return .completion(completion, else: ending, in: choice)
    }

    package func streamed(_ form: WireForm) -> WireForm {
        form.adding(["stream": true, "stream_options": ["include_usage": true]])
    }

    package func document(assembling events: [StreamEvent]) throws(StreamError) -> JSONValue {
        try ChoiceStream.document(events, isChat: true)
    }
}

extension JSONValue {
    /// True if the list of choices is empty: some providers respond so to a prompt that their filter stops.
    var hasNoChoice: Bool { self["choices"]?.array?.isEmpty == true && self["error"]?.isError != true }
}

extension Ending {
    /// The text of a choice without one: empty if the finish reason allows that, nil if there should be a text.
    var textOfNone: String? {
        switch self {
        case .finished(.filtered), .finished(.length), .finished(.refused), .brokenOff: ""
        case .finished, .unfinished: nil
        }
    }
}
