package import PladHTTP
package import PladRecords

/// The dialect of Anthropic's messages. Source: Anthropic API reference, "Create a Message", version 2023-06-01.
///
/// System messages go into a separate field. The API has no seed, so none is sent.
package struct AnthropicDialect: Dialect {
    package let model: String
    /// Fields to add to the body or replace in it; null removes one.
    package let extra: [String: JSONValue]

    package init(model: String, extra: [String: JSONValue] = [:]) {
        self.model = model
        self.extra = extra
    }

    package var name: String { "anthropic" }
    package var keyStyle: Credential.Style { .header("x-api-key") }
    package var headers: [HTTPHeader] { [HTTPHeader("anthropic-version", "2023-06-01")] }

    package func path(from base: String) -> String {
        if base.hasSuffix("/messages") { return base }
        return (base.isEmpty ? "/v1" : base) + "/messages"
    }

    package func body(asking messages: [Message], _ parameters: SamplingParameters, sample: Int) -> JSONValue {
        let (system, others) = messages.partedFromSystem
        var fields: [String: JSONValue] = [
            "model": .string(model), "messages": others.field, "temperature": .double(parameters.temperature),
            "max_tokens": .int(Int64(parameters.maxTokens)),
        ]
        fields["system"] = system.map { .string($0) }
        if parameters.topP != 1 { fields["top_p"] = .double(parameters.topP) }
        fields["top_k"] = parameters.topK.map { .int(Int64($0)) }
        fields["stop_sequences"] = parameters.stopField
        return .object(fields.overlaid(with: extra))
    }

    package func read(answer document: JSONValue) -> Reading {
        guard document["type"] != "error", let parts = document["content"]?.array else {
            return .missing("\"content\"", in: document)
        }
        let text = parts.filter { $0["type"] == "text" }.compactMap { $0["text"]?.string }.joined()
        let ending = document["stop_reason"]
        return .completion(
            Completion(
                reading: text, thoughts: parts.compactMap { $0["thinking"]?.string },
                ending: Ending(ending).calling(.array(parts.filter { $0["type"] == "tool_use" })),
                usage: Usage(anthropic: document["usage"]), model: document["model"]), else: ending)
    }

    package func streamed(_ form: WireForm) -> WireForm { form.adding(["stream": true]) }

    package func document(assembling events: [StreamEvent]) throws(StreamError) -> JSONValue { try AnthropicStream.document(events) }
}
