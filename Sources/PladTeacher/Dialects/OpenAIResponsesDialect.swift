package import PladHTTP
package import PladRecords

/// The dialect of OpenAI's responses. Source: OpenAI API reference, "Create a model response".
///
/// The API has no stop texts, no seed and no top-k, so they are not sent.
package struct OpenAIResponsesDialect: Dialect {
    package let model: String
    package let keyStyle: Credential.Style
    /// Fields to add to the body or replace in it; null removes one.
    package let extra: [String: JSONValue]

    package init(model: String, remote: String? = nil, extra: [String: JSONValue] = [:]) {
        self.model = model
        self.extra = extra
        keyStyle = .openAI(host: Dialects.host(of: remote))
    }

    package var name: String { "openai-responses" }

    package func path(from base: String) -> String {
        if base.hasSuffix("/responses") { return base }
        return (base.isEmpty ? "/v1" : base) + "/responses"
    }

    package func body(asking messages: [Message], _ parameters: SamplingParameters, sample: Int) -> JSONValue {
        var fields: [String: JSONValue] = [
            "model": .string(model), "input": messages.field, "temperature": .double(parameters.temperature),
            "max_output_tokens": .int(Int64(parameters.maxTokens)),
            // The completion is kept here; the provider need not keep it too.
            "store": false,
        ]
        if parameters.topP != 1 { fields["top_p"] = .double(parameters.topP) }
        return .object(fields.overlaid(with: extra))
    }

    package func read(answer document: JSONValue) -> Reading {
        guard let output = document["output"]?.array, let status = document["status"]?.string else {
            return .missing("\"output\" with a \"status\"", in: document)
        }
        if status == "failed" {
            return ProviderFault(inside: document).map { .fault($0) } ?? .unreadable("its status is \"failed\", and no error says why")
        }
        guard !["in_progress", "queued"].contains(status) else { return .completion(nil, else: .string(status)) }
        let ending = Self.ending(status, document["incomplete_details"], output)
        let parts = output.filter { $0["type"] == "message" }.flatMap { $0["content"]?.array ?? [] }
        let refusal = parts.compactMap { $0["refusal"]?.string }.joined()
        let thoughts = output.filter { $0["type"] == "reasoning" }
            .flatMap { ($0["summary"]?.array ?? []) + ($0["content"]?.array ?? []) }.compactMap { $0["text"]?.string }
        let text = parts.filter { $0["type"] == "output_text" }.compactMap { $0["text"]?.string }.joined()
        let completion = Completion(
            reading: text, thoughts: thoughts, ending: ending, usage: Usage(openAIResponses: document["usage"]),
            model: document["model"], fingerprint: document["system_fingerprint"]
        )?.refusing(refusal)
        return .completion(completion, else: .string(status))
    }

    /// The end of a response: an incomplete one is truncated, whatever its reason, unless a filter stopped it; one with any status
    /// other than `completed` is unfinished, with that name.
    private static func ending(_ status: String, _ details: JSONValue?, _ output: [JSONValue]) -> Ending {
        let isIncomplete =
            status.lowercased() == "incomplete" || details?.object?.values.contains { $0 != .null } == true
            || output.contains { $0["type"] == "message" && $0["status"] == "incomplete" }
        let calls = output.filter {
            $0["type"]?.string.map { ["function_call", "custom_tool_call", "computer_call", "local_shell_call"].contains($0) } == true
        }
        guard isIncomplete else { return Ending(.string(status)).calling(.array(calls)) }
        return Ending(details?["reason"]) == .finished(.filtered) ? .finished(.filtered) : .finished(.length)
    }

    package func streamed(_ form: WireForm) -> WireForm { form.adding(["stream": true]) }

    package func document(assembling events: [StreamEvent]) throws(StreamError) -> JSONValue { try ResponseStream.document(events) }
}
