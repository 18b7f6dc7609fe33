import Mustache
import PladRecords
package import PladTokenizer

extension PromptWording {
    /// The chat template (Jinja) that renders a conversation as in the student's training, special tokens spelled out.
    ///
    /// A student behind a chat endpoint, plad's or another, then gets the ids that it was trained on. Nil if the tokenizer's own
    /// template already does so, and if the task's wording does more than put texts around the prompt.
    package func chatTemplate(for tokenizer: Tokenizer) -> String? {
        guard student != nil || tokenizer.chatTemplate == nil, let texts = textsAroundPrompt else { return nil }
        let contents = "{% for message in messages %}{% if not loop.first %}{{ '\\n' }}{% endif %}{{ message['content'] }}{% endfor %}"
        let (before, after) = tokenizer.specialTokensAround
        return Self.expression(before) + texts.map(Self.expression).joined(separator: contents) + Self.expression(after)
    }

    /// True if a chat template gives the ids of training for these prompts.
    func isRendered(by template: String, _ prompts: [Prompt], _ tokenizer: Tokenizer) throws -> Bool {
        let template = ChatTemplate(template, name: "chat_template.jinja", specialTokens: [:])
        return try prompts.allSatisfy { prompt in
            let text = try template.render(messages: prompt.messages, addGenerationPrompt: true)
            return try tokenizer.encode(text, addSpecialTokens: false) == student(prompt, tokenizer).ids
        }
    }

    /// The task's texts before, between and after the prompt's text; nil if they depend on the prompt.
    private var textsAroundPrompt: [String]? {
        guard let student else { return ["", ""] }
        let texts = ["\u{e000}", "\u{e001}\n \u{e002}"].map { mark in
            student.render(["prompt": mark]).split(separator: mark, omittingEmptySubsequences: false).map(String.init)
        }
        return texts[0] == texts[1] ? texts[0] : nil
    }

    /// A Jinja expression for a text; empty for an empty text.
    private static func expression(_ text: String) -> String {
        guard !text.isEmpty else { return "" }
        let escaped = text.replacing("\\", with: "\\\\").replacing("'", with: "\\'").replacing("\n", with: "\\n")
            .replacing("\r", with: "\\r")
        return "{{ '\(escaped)' }}"
    }
}

extension Tokenizer {
    /// Special tokens that the tokenizer adds before and after every text, spelled out.
    fileprivate var specialTokensAround: (before: String, after: String) {
        let (plain, whole) = (encode("a", addSpecialTokens: false), encode("a", addSpecialTokens: true))
        let start = whole.indices.first { whole[$0...].starts(with: plain) } ?? 0
        let spell = { (ids: ArraySlice<TokenID>) in ids.map { self.token(of: $0) ?? "" }.joined() }
        return (spell(whole[..<start]), spell(whole[min(start + plain.count, whole.count)...]))
    }
}
