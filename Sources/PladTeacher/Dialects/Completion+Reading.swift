import PladRecords

extension Completion {
    /// Makes a completion from an endpoint's response; nil if the endpoint broke it off.
    ///
    /// Thinking in the text is separated, and control text is cut off its edges. If only thinking arrived and the endpoint gives no
    /// reason, the token limit has cut off the completion: it counts as truncated, not as an empty one. A text with control text
    /// inside, or with a tool call spelled as text, is unfinished, whatever the endpoint says. Impossible token counts are ignored.
    ///
    /// - Parameters:
    ///   - text: the completion, inline thinking included.
    ///   - thoughts: thinking in separate fields.
    init?(
        reading text: String, thoughts: [String], ending: Ending, usage: Usage?, model: JSONValue?, fingerprint: JSONValue? = nil
    ) {
        guard var (finish, name) = ending.finish else { return nil }
        let thoughts = thoughts.filter { !$0.isEmpty }
        let header = ControlText(text, headOnly: true)
        let block = ThinkBlock.split(String(header.text), afterOpening: thoughts.isEmpty)
        let all = thoughts + [block.reasoning].compactMap { $0 }
        var body = ControlText(block.text)
        body.takeOutOfAnswerMark()
        if finish == .stop || finish == .other {
            let isThinking = !thoughts.isEmpty || (usage?.reasoningTokens ?? 0) > 0
            if block.isOpen || (isThinking && body.text.allSatisfy(\.isWhitespace)) { (finish, name) = (.length, nil) }
        }
        if finish == .stop, let mark = body.inside ?? header.inside { (finish, name) = (.other, mark) }
        let cuts = [header.cut, body.cut].compactMap { $0 }
        self.init(
            text: String(body.text), finishReason: finish, reasoning: all.isEmpty ? nil : all.joined(separator: "\n"),
            usage: usage?.credible(for: text), model: model?.string, fingerprint: fingerprint?.string, ending: name,
            cut: cuts.isEmpty ? nil : cuts.joined(separator: " "))
    }

    /// The completion with the model's refusal as its text, if that came in a separate field. A filtered one is unchanged.
    func refusing(_ refusal: String?) -> Completion {
        guard let refusal, !refusal.isEmpty, finishReason != .filtered else { return self }
        var completion = self
        (completion.text, completion.finishReason, completion.ending) = (refusal, .refused, nil)
        return completion
    }
}

extension JSONValue {
    /// The thinking in the fields beside a message's or choice's text: the first field that is not empty, since gateways send the same
    /// thoughts in two of them.
    ///
    /// `reasoning` (OpenRouter, vLLM, Groq), `reasoning_content` (DeepSeek, Qwen, xAI, SGLang, llama.cpp), `thinking` (Ollama),
    /// `reasoning_details` (OpenRouter), `thinking_blocks` (LiteLLM).
    var thoughts: [String] {
        let texts = ["reasoning", "reasoning_content", "thinking"].lazy.compactMap { self[$0]?.string }.filter { !$0.isEmpty }
        if let text = texts.first { return [text] }
        let lists = ["reasoning_details", "thinking_blocks"].lazy.compactMap { self[$0]?.array }.filter { !$0.isEmpty }
        return (lists.first ?? []).compactMap { $0["text"]?.string ?? $0["summary"]?.string ?? $0["thinking"]?.string }
    }

    /// The content of an OpenAI message: a string, or a list of parts, whose texts are joined and whose thinking is kept apart; null is
    /// the empty text. Nil for anything else.
    static func content(_ content: JSONValue?) -> (text: String, thoughts: [String])? {
        switch content {
        case nil, .null: return ("", [])
        case .string(let text): return (text, [])
        case .array(let parts):
            var (text, thoughts) = ("", [String]())
            for part in parts {
                switch part["type"]?.string {
                case nil, "text", "output_text": text += part["text"]?.string ?? ""
                case "thinking", "reasoning", "reasoning_text":
                    // Mistral's thinking is a list of parts in its turn.
                    let inner = (part["thinking"]?.array ?? []).compactMap { $0["text"]?.string }
                    thoughts.append(part["thinking"]?.string ?? part["text"]?.string ?? inner.joined())
                default: break
                }
            }
            return (text, thoughts)
        default: return nil
        }
    }
}
