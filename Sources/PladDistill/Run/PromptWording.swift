import Mustache
package import PladRecords
package import PladTokenizer

/// The wording of a task: the forms of a prompt for the teacher and for the student.
package struct PromptWording {
    private let system: String?
    private let teacher: MustacheTemplate?
    let student: MustacheTemplate?

    /// Compiles the templates. Throws `RecordError.malformed` with the invalid template and the reason.
    package init(_ task: TaskDefinition) throws {
        system = task.teacher?.system
        teacher = try task.teacher?.prompt.map { try Self.template($0, "teacher.prompt") }
        student = try task.student?.prompt.map { try Self.template($0, "student.prompt") }
    }

    /// The conversation for the teacher.
    package func messages(for prompt: Prompt) -> [Message] {
        var messages = prompt.messages
        if let teacher, let last = messages.lastIndex(where: { $0.role == "user" }) {
            messages[last].content = teacher.render(["prompt": messages[last].content])
        }
        if let system { messages.insert(Message(role: "system", content: system), at: 0) }
        return messages
    }

    /// The text that the student continues and its ids: by the task's template; else by the student's chat template; else the messages'
    /// contents, a line each.
    package func student(_ prompt: Prompt, _ tokenizer: Tokenizer) throws -> (text: String, ids: [TokenID]) {
        let plain = prompt.messages.map(\.content).joined(separator: "\n")
        if let student {
            let text = student.render(["prompt": plain])
            return (text, tokenizer.encodePrompt(text))
        }
        if let template = tokenizer.chatTemplate {
            // The template writes the special tokens itself.
            let text = try template.render(messages: prompt.messages, addGenerationPrompt: true)
            return (text, tokenizer.encode(text, addSpecialTokens: false))
        }
        return (plain, tokenizer.encodePrompt(plain))
    }

    private static func template(_ text: String, _ place: String) throws -> MustacheTemplate {
        let other = text.matches(of: /\{\{\{?[#^&\/]?\s*([^}\s]*)/).map { String($0.1) }.first { !["prompt", "!"].contains($0) }
        if let other {
            throw RecordError(.malformed, "task.yaml: \(place) names {{\(other)}}, and the one name it can have is {{prompt}}")
        }
        let template: MustacheTemplate
        do {
            template = try MustacheTemplate(string: "{{% CONTENT_TYPE:TEXT}}" + text)
        } catch {
            throw RecordError(
                .malformed, "task.yaml: \(place) is not a Mustache template; write {{prompt}} where the prompt's text belongs")
        }
        let mark = "\u{e000}"
        guard template.render(["prompt": mark]).contains(mark) else {
            throw RecordError(.malformed, "task.yaml: \(place) leaves the prompt out; write {{prompt}} where the prompt's text belongs")
        }
        return template
    }
}
