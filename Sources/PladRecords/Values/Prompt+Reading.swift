extension Prompt {
    /// Reads a prompt as a person writes it; errors name the format that the object looks like.
    ///
    /// - Parameter fallbackID: id for an object without one.
    ///
    /// Throws `RecordError.malformed` without a place.
    init(reading value: JSONValue, fallbackID: String) throws {
        guard let members = value.object?.filter({ $0.value != .null }) else {
            throw RecordError(.malformed, "is no JSON object; write {\"id\", \"prompt\"}")
        }
        guard members["prompt"] == nil || members["messages"] == nil else {
            throw RecordError(.malformed, "has both \"prompt\" and \"messages\"; give one of them")
        }
        if let text = members["prompt"] {
            guard members["system"] == nil else {
                throw RecordError(.malformed, "has \"system\" beside \"prompt\"; give both as \"messages\"")
            }
            messages = [Message(role: "user", content: try Self.text(text, "prompt"))]
        } else if let list = members["messages"] {
            messages = try Self.messages(list)
        } else {
            let keys = members.keys.sorted().map { "\"\($0)\"" }.joined(separator: ", ")
            let shape = Self.foreignShape(value) ?? (keys.isEmpty ? "is empty" : "has \(keys)")
            throw RecordError(.malformed, "\(shape), but neither \"prompt\" nor \"messages\"; give one of them")
        }
        switch members["id"] {
        case nil: id = fallbackID
        case .string(let name)? where !name.allSatisfy(\.isWhitespace): id = name
        case .int(let number)?: id = String(number)
        case .some: throw RecordError(.malformed, "\"id\" is neither a text nor a whole number; name the prompt or leave it out")
        }
        guard let facts = members["facts"].map({ $0.array?.map(\.string) }) ?? [], !facts.contains(nil) else {
            throw RecordError(.malformed, "\"facts\" is not a list of texts")
        }
        self.facts = facts.compactMap { $0 }
        answer = members["answer"].map { $0.string ?? $0.canonical }
        guard messages.last.map({ !$0.content.allSatisfy(\.isWhitespace) }) ?? false else {
            throw RecordError(.malformed, "the prompt \"\(id)\" is empty; write it or remove the line")
        }
    }

    /// The format of another program that an object looks like, by its names.
    static func foreignShape(_ value: JSONValue) -> String? {
        guard let members = value.object else { return nil }
        let has = { (name: String) in members[name] != nil }
        if has("conversations") || has("conversation") { return "looks like ShareGPT (\"conversations\")" }
        if has("request"), has("response") { return "looks like a log of requests and responses, whose prompts are inside \"request\"" }
        if has("custom_id") { return "looks like a line of a batch (\"custom_id\")" }
        if has("contents") { return "looks like a request to Gemini (\"contents\")" }
        if has("instruction") { return "looks like Alpaca (\"instruction\")" }
        if has("choices") { return "looks like a response (\"choices\")" }
        return nil
    }

    private static let roles = ["system", "developer", "user", "assistant"]

    private static func messages(_ value: JSONValue) throws -> [Message] {
        guard let elements = value.array else { throw RecordError(.malformed, "\"messages\" is not a list") }
        guard !elements.isEmpty else { throw RecordError(.malformed, "\"messages\" is empty; give at least one") }
        let messages = try elements.enumerated().map { index, element in
            let place = "messages[\(index)]"
            if element["from"] != nil, element["value"] != nil {
                throw RecordError(.malformed, "\"\(place)\" has \"from\" and \"value\", as ShareGPT has; write \"role\" and \"content\"")
            }
            guard let role = element["role"]?.string, roles.contains(role) else {
                throw RecordError(.malformed, "\"\(place).role\" is none of \(roles.joined(separator: ", "))")
            }
            guard let content = element["content"] else { throw RecordError(.malformed, "\"\(place)\" lacks \"content\"") }
            return Message(role: role, content: try text(content, place + ".content"))
        }
        if messages.last?.role == "assistant" {
            throw RecordError(.malformed, "\"messages\" ends in an assistant's turn, which the teacher is to write; leave that answer out")
        }
        return messages
    }

    private static func text(_ value: JSONValue, _ place: String) throws -> String {
        if let text = value.string { return text }
        if value.array != nil {
            let way = place == "prompt" ? "give its turns as \"messages\", or one text" : "give its parts as one text"
            throw RecordError(.malformed, "\"\(place)\" is a list; \(way)")
        }
        throw RecordError(.malformed, "\"\(place)\" is not a text")
    }
}
