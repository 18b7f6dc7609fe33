package import Foundation
package import PladRecords

/// A student's own rule for turning a conversation into a prompt: the Jinja subset that published templates use, with the settings and
/// functions that `transformers` gives them.
///
/// A template outside the subset does not make the student unusable: its error is thrown when it is first rendered.
package struct ChatTemplate: Sendable {
    /// Path of the template's file, for errors.
    let name: String
    private let parsed: Result<[TemplateStatement], TokenizerError>
    private let specialTokens: [String: String]

    /// - Parameters:
    ///   - name: the file, for errors.
    ///   - specialTokens: `bos_token`, `eos_token` and so on, which templates write out.
    package init(_ source: String, name: String, specialTokens: [String: String]) {
        self.name = name
        self.specialTokens = specialTokens
        parsed = Result {
            var parser = try TemplateParser(source, name: name)
            return try parser.template()
        }.mapError { $0 as? TokenizerError ?? TokenizerError(.template, "\(name): \($0)") }
    }

    /// A template that cannot be taken from its file: `error` is thrown when it is first rendered.
    init(unusable error: TokenizerError, name: String) {
        (self.name, parsed, specialTokens) = (name, .failure(error), [:])
    }

    /// The prompt text of a conversation, special tokens spelled out.
    ///
    /// - Parameters:
    ///   - addGenerationPrompt: true to open the assistant's turn at the end.
    ///   - variables: other names that the template uses, for example `enable_thinking`.
    ///   - now: time that `strftime_now` returns, in the local time zone.
    ///
    /// Throws `TokenizerError` with the template's line if the template refuses the messages or uses something that plad does not
    /// implement.
    package func render(
        messages: [Message], addGenerationPrompt: Bool, variables: [String: JSONValue] = [:], now: Date = Date()
    ) throws -> String {
        let statements = try parsed.get()
        guard !messages.isEmpty else { throw TokenizerError(.template, "\(name): there are no messages to render; give at least one") }
        var values: [String: TemplateValue] = ["tools": .none, "documents": .none, "add_generation_prompt": .bool(addGenerationPrompt)]
        values["messages"] = .list(
            messages.map { message in
                .dictionary(TemplateDictionary([("role", .string(message.role)), ("content", .string(message.content))]))
            })
        for (name, token) in specialTokens { values[name] = .string(token) }
        for (name, value) in variables { values[name] = TemplateValue(value) }
        var renderer = TemplateRenderer(name: name, variables: values, now: now)
        _ = try renderer.run(statements)
        return renderer.output
    }
}
