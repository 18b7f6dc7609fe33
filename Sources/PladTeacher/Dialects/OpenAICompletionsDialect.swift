package import PladHTTP
package import PladRecords

/// The dialect of OpenAI's text completions, which servers of base models implement: vLLM, llama.cpp, plad.
///
/// Source: OpenAI API reference, "Create completion". The messages' texts, joined by an empty line, are the prompt.
package struct OpenAICompletionsDialect: Dialect {
    package let model: String
    package let keyStyle: Credential.Style
    /// Fields to add to the body or replace in it; null removes one.
    package let extra: [String: JSONValue]

    package init(model: String, remote: String? = nil, extra: [String: JSONValue] = [:]) {
        self.model = model
        self.extra = extra
        keyStyle = .openAI(host: Dialects.host(of: remote))
    }

    package var name: String { "openai-completions" }
    package var choices: Choices? { .openAI }

    package func path(from base: String) -> String {
        if base.hasSuffix("/completions") { return base }
        return (base.isEmpty ? "/v1" : base) + "/completions"
    }

    package func body(asking messages: [Message], _ parameters: SamplingParameters, sample: Int) -> JSONValue {
        var fields: [String: JSONValue] = [
            "model": .string(model), "prompt": .string(messages.map(\.content).joined(separator: "\n\n")),
            "temperature": .double(parameters.temperature), "max_tokens": .int(Int64(parameters.maxTokens)),
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
        guard let choice, let text = choice["text"]?.string ?? Ending(ending).textOfNone else {
            return .missing("\"choices\" with a \"text\"", in: document)
        }
        return .completion(
            Completion(
                reading: text, thoughts: choice.thoughts, ending: Ending(ending), usage: Usage(openAI: document["usage"]),
                model: document["model"], fingerprint: document["system_fingerprint"]), else: ending, in: choice)
    }

    package func streamed(_ form: WireForm) -> WireForm {
        form.adding(["stream": true, "stream_options": ["include_usage": true]])
    }

    package func document(assembling events: [StreamEvent]) throws(StreamError) -> JSONValue {
        try ChoiceStream.document(events, isChat: false)
    }
}
