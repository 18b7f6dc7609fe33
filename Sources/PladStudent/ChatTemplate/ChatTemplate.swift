package import PladRecords

/// A student's own rule for turning a conversation into a prompt: the Jinja subset that published templates use.
package struct ChatTemplate: Sendable {
    init(_ source: String, name: String, specialTokens: [String: String]) throws {}

    /// The prompt text of a conversation, special tokens spelled out. `addGenerationPrompt` opens the assistant's turn.
    ///
    /// Throws `StudentError` when the template raises an exception or meets what it does not accept.
    package func render(messages: [Message], addGenerationPrompt: Bool) throws -> String { "" }
}
