package import PladHTTP
package import PladRecords

/// The dialect of Ollama's own chat API. Source: Ollama docs/api.md, "Generate a chat completion".
package struct OllamaDialect: Dialect {
    package let model: String
    /// Fields to add to the body or replace in it; null removes one.
    package let extra: [String: JSONValue]

    package init(model: String, extra: [String: JSONValue] = [:]) {
        self.model = model
        self.extra = extra
    }

    package var name: String { "ollama" }
    package var keyStyle: Credential.Style { .bearer }

    package func path(from base: String) -> String {
        if base.hasSuffix("/chat") { return base }
        return (base.hasSuffix("/api") ? base : base + "/api") + "/chat"
    }

    package func body(asking messages: [Message], _ parameters: SamplingParameters, sample: Int) -> JSONValue {
        var options: [String: JSONValue] = [
            "temperature": .double(parameters.temperature), "num_predict": .int(Int64(parameters.maxTokens)),
            // Without these Ollama cuts to its own 40 and 0.9.
            "top_k": .int(Int64(parameters.topK ?? 0)), "top_p": .double(parameters.topP),
        ]
        options["stop"] = parameters.stopField
        options["seed"] = parameters.seedField(sample: sample)
        let fields: [String: JSONValue] = [
            "model": .string(model), "messages": messages.field, "stream": false, "options": .object(options),
        ]
        return .object(fields.overlaid(with: extra))
    }

    package func read(answer document: JSONValue) -> Reading {
        guard let message = document["message"], let content = message["content"]?.string else {
            return .missing("\"message\" with a \"content\"", in: document)
        }
        guard document["done"] != false else { return .completion(nil, else: "done: false") }
        let ending = document["done_reason"]
        return .completion(
            Completion(
                reading: content, thoughts: message.thoughts, ending: Ending(ending).calling(message["tool_calls"]),
                usage: Usage(ollama: document),
                model: document["model"]), else: ending)
    }

    package func streamed(_ form: WireForm) -> WireForm { form.adding(["stream": true], over: ["stream"]) }

    package func document(assembling events: [StreamEvent]) throws(StreamError) -> JSONValue { try OllamaStream.document(events) }
}
