import PladRecords

/// A body of `/v1/chat/completions` or `/v1/completions`, checked against the model.
package struct GenerationCall: Sendable, Equatable {
    package enum Kind: Sendable { case chat, completion }

    package var kind: Kind
    /// Prompts to complete: one for chat, several for `/v1/completions`. Choices are numbered prompt by prompt.
    package var prompts: [GenerationRequest]
    package var streams: Bool
    /// True if a streamed response ends with a chunk that holds the usage.
    package var includesUsage: Bool
}

extension GenerationCall {
    private static let common: Set<String> = [
        "model", "max_tokens", "temperature", "top_p", "top_k", "n", "stop", "seed", "stream", "stream_options",
    ]
    /// Largest value of `n` in the API.
    private static let maximumSamples = 128
    private static let maximumPrompts = 2048
    /// Largest number of completions in one request, over all its prompts.
    private static let maximumCompletions = 2048

    /// Reads a body of `/v1/chat/completions`. Throws an `APIError` with the field at fault.
    init(chat fields: RequestFields, model: some TextModel) throws(APIError) {
        try fields.refuse(unless: Self.common.union(["messages", "max_completion_tokens"]))
        try Self.check(fields, names: model)
        let messages = try Self.messages(fields)
        let prompt: [TokenID]
        do {
            prompt = try model.encode(messages)
        } catch {
            throw .invalid("messages", "do not fit the model's chat template: \(APIError.words(for: error))")
        }
        let limits = try (fields.tokenLimit("max_completion_tokens"), fields.tokenLimit("max_tokens"))
        if let new = limits.0, let old = limits.1, new != old {
            throw .invalid("max_tokens", "is \(old) but \"max_completion_tokens\" is \(new); give one of them")
        }
        let limit = limits.0 ?? limits.1 ?? Int.max
        try self.init(.chat, prompts: [prompt], field: "messages", limit: limit, fields: fields, model: model)
    }

    /// Reads a body of `/v1/completions`. Throws an `APIError` with the field at fault.
    init(completion fields: RequestFields, model: some TextModel) throws(APIError) {
        try fields.refuse(unless: Self.common.union(["prompt"]))
        try Self.check(fields, names: model)
        let prompts = try Self.prompts(fields, model: model)
        guard prompts.count <= Self.maximumPrompts else {
            throw .invalid("prompt", "holds \(prompts.count) prompts; at most \(Self.maximumPrompts) go into one request")
        }
        // 16 is what the API documents for completions that give no limit.
        let limit = try fields.tokenLimit("max_tokens") ?? 16
        try self.init(.completion, prompts: prompts, field: "prompt", limit: limit, fields: fields, model: model)
    }

    private init(
        _ kind: Kind, prompts: [[TokenID]], field: String, limit: Int, fields: RequestFields, model: some TextModel
    ) throws(APIError) {
        self.kind = kind
        streams = try fields.bool("stream") ?? false
        includesUsage = try Self.includesUsage(fields, streams: streams)
        let samples = try fields.integer("n", in: 1...Self.maximumSamples) ?? 1
        guard prompts.count * samples <= Self.maximumCompletions else {
            throw .invalid(
                "n",
                "is \(samples) for each of \(prompts.count) prompts, \(prompts.count * samples) completions; one request takes at most \(Self.maximumCompletions)"
            )
        }
        let parameters = try Self.parameters(fields)
        self.prompts = []
        for prompt in prompts {
            guard !prompt.isEmpty else { throw .invalid(field, "holds no tokens; give some text") }
            let room = model.room(prompt: prompt.count)
            guard room > 0 else {
                throw .invalid(
                    field,
                    "is \(prompt.count) tokens long, but the context of \"\(model.name)\" holds \(model.contextLength), the completion included",
                    code: "context_length_exceeded")
            }
            var parameters = parameters
            parameters.maxTokens = min(limit, room)
            self.prompts.append(GenerationRequest(prompt: prompt, parameters: parameters, samples: samples, streams: streams))
        }
    }

    private static func check(_ fields: RequestFields, names model: some TextModel) throws(APIError) {
        guard let name = try fields.string("model") else { throw .invalid("model", "is missing; this server has \"\(model.name)\"") }
        guard name == model.name else { throw .unknownModel(name, model.name) }
    }

    private static func includesUsage(_ fields: RequestFields, streams: Bool) throws(APIError) -> Bool {
        guard let options = fields["stream_options"] else { return false }
        guard streams else { throw .invalid("stream_options", "is given, but \"stream\" is not true") }
        guard let members = options.object else { throw .invalid("stream_options", "is not an object") }
        for name in members.keys.sorted() where !["include_usage", "include_obfuscation"].contains(name) {
            throw .invalid("stream_options.\(name)", "is not a field that plad knows", code: "unknown_parameter")
        }
        for (name, value) in members.sorted(by: { $0.key < $1.key }) where value != .null && value.bool == nil {
            throw .invalid("stream_options.\(name)", "is neither true nor false")
        }
        // Padding that hides how long the pieces are would be spelled in fields that clients pass over; there is none.
        return members["include_usage"]?.bool ?? false
    }
}

extension APIError {
    static func unknownModel(_ name: String, _ served: String) -> APIError {
        APIError(404, "the model \"\(name)\" does not exist; this server has \"\(served)\"", parameter: "model", code: "model_not_found")
    }
}
