import PladRecords

extension GenerationCall {
    private static let maximumStops = 16

    /// Reads the sampling parameters except the token limit, which depends on the prompt.
    static func parameters(_ fields: RequestFields) throws(APIError) -> SamplingParameters {
        var parameters = SamplingParameters()
        parameters.temperature = try fields.number("temperature", in: 0...2) ?? 1
        parameters.topP = try fields.number("top_p", in: 0...1) ?? 1
        guard parameters.topP > 0 else { throw .invalid("top_p", "is 0; it must be above 0") }
        // -1 and 0 keep all tokens, as other servers that know `top_k` have it.
        parameters.topK = try fields.integer("top_k", in: -1...Int.max).flatMap { $0 < 1 ? nil : $0 }
        parameters.seed = try fields.integer("seed", in: Int.min...Int.max).map { UInt64(bitPattern: Int64($0)) }
        parameters.stop = try stops(fields)
        return parameters
    }

    private static func stops(_ fields: RequestFields) throws(APIError) -> [String] {
        guard let value = fields["stop"] else { return [] }
        var stops: [String] = []
        for element in value.array ?? [value] {
            guard let stop = element.string else { throw .invalid("stop", "is neither a string nor a list of strings") }
            guard !stop.isEmpty else { throw .invalid("stop", "holds an empty string, which would end every completion at once") }
            stops.append(stop)
        }
        guard stops.count <= maximumStops else { throw .invalid("stop", "holds \(stops.count) strings; at most \(maximumStops) are taken") }
        return stops
    }

    static func messages(_ fields: RequestFields) throws(APIError) -> [Message] {
        guard let value = fields["messages"] else { throw .invalid("messages", "is missing") }
        guard let elements = value.array else { throw .invalid("messages", "is not a list") }
        guard !elements.isEmpty else { throw .invalid("messages", "is empty; give at least one message") }
        var messages: [Message] = []
        for (index, element) in elements.enumerated() { messages.append(try message(element, "messages[\(index)]")) }
        return messages
    }

    private static func message(_ value: JSONValue, _ place: String) throws(APIError) -> Message {
        guard value.object != nil else { throw .invalid(place, "is not an object with \"role\" and \"content\"") }
        guard let name = value["role"]?.string else { throw .invalid(place + ".role", "is not a string") }
        guard let role = roles[name] else {
            throw .invalid(place + ".role", "is \"\(name)\"; it must be system, developer, user or assistant")
        }
        for name in ["tool_calls", "function_call"] where ![nil, .null, []].contains(value[name]) {
            throw .invalid("\(place).\(name)", "is not supported by plad; leave it out", code: "unsupported_parameter")
        }
        // Clients send an assistant's turn back as they got it, and one that said nothing has no content.
        if role == "assistant", [nil, .null].contains(value["content"]) { return Message(role: role, content: "") }
        return Message(role: role, content: try content(value["content"], place + ".content"))
    }

    /// Roles in chat templates by role in the API.
    private static let roles = ["system": "system", "developer": "system", "user": "user", "assistant": "assistant"]

    /// The text of a content: a string, or a list of text parts, which are joined.
    private static func content(_ value: JSONValue?, _ place: String) throws(APIError) -> String {
        if let text = value?.string { return text }
        guard let parts = value?.array else { throw .invalid(place, "is neither a string nor a list of text parts") }
        var text = ""
        for (index, part) in parts.enumerated() {
            guard part["type"]?.string == "text", let piece = part["text"]?.string else {
                throw .invalid("\(place)[\(index)]", "is not a part of the type \"text\"; the model reads nothing else")
            }
            text += piece
        }
        return text
    }

    /// The prompts of a request: a string, a list of strings, a list of token ids, or a list of such lists.
    static func prompts(_ fields: RequestFields, model: some TextModel) throws(APIError) -> [[TokenID]] {
        guard let value = fields["prompt"] else { throw .invalid("prompt", "is missing") }
        if let text = value.string { return [model.encode(text)] }
        guard let elements = value.array else { throw .invalid("prompt", "is neither a string nor a list") }
        guard let first = elements.first else { throw .invalid("prompt", "is empty; give at least one") }
        if first.int != nil { return [try ids(elements, "prompt", model)] }
        var prompts: [[TokenID]] = []
        for (index, element) in elements.enumerated() {
            if let text = element.string {
                prompts.append(model.encode(text))
            } else if let list = element.array {
                prompts.append(try ids(list, "prompt[\(index)]", model))
            } else {
                throw .invalid("prompt[\(index)]", "is neither a string nor a list of token ids")
            }
        }
        return prompts
    }

    private static func ids(_ elements: [JSONValue], _ place: String, _ model: some TextModel) throws(APIError) -> [TokenID] {
        var ids: [TokenID] = []
        for (index, element) in elements.enumerated() {
            guard let id = element.int, (0..<model.vocabularySize).contains(id) else {
                throw .invalid("\(place)[\(index)]", "is not a token id below \(model.vocabularySize)")
            }
            ids.append(TokenID(id))
        }
        return ids
    }
}
