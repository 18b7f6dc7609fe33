package import PladHTTP
package import PladRecords

/// The dialect of Google's generateContent. Source: Gemini API reference, "models.generateContent", v1beta.
///
/// The model is part of the path. The assistant's role is `model`; system messages go into a separate field.
package struct GeminiDialect: Dialect {
    package let model: String
    /// Fields to add to the body or replace in it; null removes one.
    package let extra: [String: JSONValue]

    package init(model: String, extra: [String: JSONValue] = [:]) {
        self.model = model
        self.extra = extra
    }

    package var name: String { "gemini" }
    package var choices: Choices? { .gemini }
    package var keyStyle: Credential.Style { .header("x-goog-api-key") }

    package func path(from base: String) -> String {
        if base.hasSuffix(":generateContent") { return base }
        return (base.isEmpty ? "/v1beta" : base) + "/models/\(model):generateContent"
    }

    package func body(asking messages: [Message], _ parameters: SamplingParameters, sample: Int) -> JSONValue {
        let (system, others) = messages.partedFromSystem
        var settings: [String: JSONValue] = [
            "temperature": .double(parameters.temperature), "maxOutputTokens": .int(Int64(parameters.maxTokens)),
        ]
        if parameters.topP != 1 { settings["topP"] = .double(parameters.topP) }
        settings["topK"] = parameters.topK.map { .int(Int64($0)) }
        settings["stopSequences"] = parameters.stopField
        // The field has 32 bits.
        settings["seed"] = parameters.seedField(sample: sample)?.int.map { .int(Int64($0) & 0x7fff_ffff) }
        var fields: [String: JSONValue] = [
            "contents": .array(
                others.map {
                    ["role": $0.role == "assistant" ? "model" : .string($0.role), "parts": [["text": .string($0.content)]]]
                }),
            "generationConfig": .object(settings),
        ]
        fields["systemInstruction"] = system.map { ["parts": [["text": .string($0)]]] }
        return .object(fields.overlaid(with: extra))
    }

    package func read(answer document: JSONValue) -> Reading {
        let usage = Usage(gemini: document["usageMetadata"])
        guard let candidate = document["candidates"]?[0] else {
            guard Ending.isGiven(document["promptFeedback"]?["blockReason"]) else {
                guard document["candidates"]?.array == [] else { return .missing("\"candidates\"", in: document) }
                return ProviderFault(inside: document).map { .fault($0) }
                    ?? .unreadable("its \"candidates\" are empty, and no \"promptFeedback\" says why")
            }
            return .withheld(usage, model: document["modelVersion"])
        }
        // A prompt that is blocked has no completion, whatever stands beside it.
        if Ending.isGiven(document["promptFeedback"]?["blockReason"]) { return .withheld(usage, model: document["modelVersion"]) }
        let ending = candidate["finishReason"]
        let parts = candidate["content"]?["parts"]?.array ?? []
        func texts(thought: Bool) -> [String] {
            parts.filter { ($0["thought"] == true) == thought }.compactMap { $0["text"]?.string }
        }
        return .completion(
            Completion(
                reading: texts(thought: false).joined(), thoughts: texts(thought: true),
                ending: Ending(ending).calling(.array(parts.filter { $0["functionCall"] != nil })), usage: usage,
                model: document["modelVersion"]), else: ending)
    }

    /// The request with its completion streamed, which has a separate address.
    package func streamed(_ form: WireForm) -> WireForm {
        var form = form
        form.path = form.path.replacing(":generateContent", with: ":streamGenerateContent")
        form.path += (form.path.contains("?") ? "&" : "?") + "alt=sse"
        return form
    }

    package func document(assembling events: [StreamEvent]) throws(StreamError) -> JSONValue { try GeminiStream.document(events) }
}
