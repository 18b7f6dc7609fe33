/// One turn of a conversation.
public struct Message: Codable, Sendable, Hashable {
    /// Role of the speaker: `system`, `user` or `assistant`.
    public var role: String
    public var content: String

    public init(role: String, content: String) {
        self.role = role
        self.content = content
    }
}

/// A prompt for teacher and student, a line of a prompts file.
///
/// As a record it is `{"id", "prompt"}` or `{"id", "messages": [{"role", "content"}]}`; `facts` and `answer` are optional. Files that
/// people write are read with `PromptFile`.
package struct Prompt: Codable, Sendable, Hashable {
    /// Identifier of the prompt in every record; unique within a file.
    package var id: String
    /// Conversation so far; a plain prompt is one message of the user.
    package var messages: [Message]
    /// Strings that a good completion repeats exactly, if known.
    package var facts: [String]
    /// Right final answer, if known: a number, a letter, a text, or JSON as text.
    package var answer: String?

    package init(id: String, messages: [Message], facts: [String] = [], answer: String? = nil) {
        self.id = id
        self.messages = messages
        self.facts = facts
        self.answer = answer
    }

    package init(id: String, text: String, facts: [String] = [], answer: String? = nil) {
        self.init(id: id, messages: [Message(role: "user", content: text)], facts: facts, answer: answer)
    }

    /// The prompt's text if it is a single message of the user, else nil.
    package var text: String? {
        messages.count == 1 && messages[0].role == "user" ? messages[0].content : nil
    }

    private enum Key: String, CodingKey { case id, prompt, messages, facts, answer }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        id = try container.decode(String.self, forKey: .id)
        facts = try container.decodeIfPresent([String].self, forKey: .facts) ?? []
        answer = try container.decodeIfPresent(String.self, forKey: .answer)
        if let text = try container.decodeIfPresent(String.self, forKey: .prompt) {
            messages = [Message(role: "user", content: text)]
        } else if container.contains(.messages) {
            messages = try container.decode([Message].self, forKey: .messages)
            guard !messages.isEmpty else { throw RecordError(.malformed, "\"messages\" is empty; give at least one") }
        } else {
            throw RecordError(.malformed, "has neither \"prompt\" nor \"messages\"; give one of them")
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(id, forKey: .id)
        if let text {
            try container.encode(text, forKey: .prompt)
        } else {
            try container.encode(messages, forKey: .messages)
        }
        if !facts.isEmpty { try container.encode(facts, forKey: .facts) }
        try container.encodeIfPresent(answer, forKey: .answer)
    }
}
