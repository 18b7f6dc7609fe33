/// The thinking that a model writes inline, in the text of its completion.
///
/// | written | by |
/// |---|---|
/// | `<think>…</think>` | DeepSeek R1, Qwen3, QwQ, GLM, MiniMax, Hunyuan (which puts the answer into `<answer>…</answer>`) |
/// | `<thinking>`, `<thought>`, `<reasoning>` | prompted models; Gemini's OpenAI endpoint; Gemma |
/// | `<seed:think>…</seed:think>` | ByteDance Seed-OSS |
/// | `[THINK]…[/THINK]` | Mistral Magistral |
/// | `<\|begin_of_thought\|>…<\|end_of_thought\|>` | Sky-T1, OpenThinker and others of that format |
/// | `<\|thinking\|>…<\|/thinking\|>`, `<\|think\|>…<\|/think\|>` | fine-tuned models with marks of their own |
/// | `<\|START_THINKING\|>…<\|END_THINKING\|>` | Cohere Command A Reasoning |
/// | `<\|inner_prefix\|>…<\|inner_suffix\|>` | Apertus |
/// | `<\|channel>thought…<channel\|>` | Gemma 4 |
/// | `◁think▷…◁/think▷` | Moonshot Kimi-VL and Kimi K2 Thinking |
/// | `Here is my thought process:…Here is my response:` | IBM Granite 3.2 |
/// | `<\|channel\|>analysis<\|message\|>…` | gpt-oss: see `HarmonyText` |
///
/// Marks match in capital and small letters. Every text is read a fixed number of times.
///
/// Source: the reasoning parsers of vLLM (vllm/reasoning) and SGLang ("Reasoning Parser"), which servers can be run without.
package struct ThinkBlock: Sendable, Equatable {
    /// Text of the completion without the thinking.
    package var text: String
    /// Thinking, without its marks; nil for none.
    package var reasoning: String?
    /// True if the thinking never ended, so that there is no completion.
    package var isOpen: Bool

    package init(text: String, reasoning: String? = nil, isOpen: Bool = false) {
        self.text = text
        self.reasoning = reasoning
        self.isOpen = isOpen
    }

    private static let marks: [(start: Mark, end: Mark)] = [
        ("<think>", "</think>"), ("<thinking>", "</thinking>"), ("<thought>", "</thought>"), ("<reasoning>", "</reasoning>"),
        ("<seed:think>", "</seed:think>"), ("[THINK]", "[/THINK]"), ("◁think▷", "◁/think▷"),
        ("<|begin_of_thought|>", "<|end_of_thought|>"), ("<|thinking|>", "<|/thinking|>"), ("<|think|>", "<|/think|>"),
        ("<|channel>thought", "<channel|>"), ("<|START_THINKING|>", "<|END_THINKING|>"), ("<|inner_prefix|>", "<|inner_suffix|>"),
        ("Here is my thought process:", "Here is my response:"),
        ("Here's my thought process:", "Here's my response:"),
    ].map { (Mark($0), Mark($1)) }
    /// End marks without a start mark, which the chat template has written into the prompt.
    private static let loneEnds = [
        "</think>", "<channel|>", "</seed:think>", "[/THINK]", "◁/think▷", "<|end_of_thought|>",
        "<|/thinking|>", "<|/think|>", "<|END_THINKING|>",
    ].map { Mark($0) }
    /// End marks that ordinary texts mention too: they count only directly behind a thought.
    private static let wordyEnds = ["</thinking>", "</thought>", "</reasoning>"].map { Mark($0) }
    /// Start marks, by which a block inside a completion is recognised.
    static let openings = [
        "<think>", "<thinking>", "<thought>", "<reasoning>", "<seed:think>", "[THINK]", "◁think▷", "<|begin_of_thought|>", "<|thinking|>",
        "<|think|>", "<|START_THINKING|>", "<|inner_prefix|>",
    ].map { (spelling: $0, mark: Mark($0)) }

    /// Separates blocks at the start of the text from the completion. Text without a block is returned unchanged.
    ///
    /// - Parameter afterOpening: true if the chat template may have opened the block: everything before a lone end mark is then
    ///   thinking. If the endpoint has already removed the thinking, only an end mark at the beginning, or alone at the end of its
    ///   line, counts.
    package static func split(_ text: String, afterOpening: Bool = true) -> ThinkBlock {
        guard mayHoldMark(text) else { return ThinkBlock(text: text) }
        if let harmony = HarmonyText.split(text) { return harmony }
        let bytes = Array(text.utf8)
        var (start, thoughts) = (0, [String]())
        while true {
            let opening = bytes[start...].withoutSpaceBefore
            guard let mark = marks.first(where: { $0.start.begins(opening) }) else { break }
            let inside = opening.dropFirst(mark.start.count)
            guard let stop = mark.end.firstRange(in: inside) else {
                return ThinkBlock(text: "", reasoning: joined(thoughts + [inside.trimmedText]), isOpen: true)
            }
            thoughts.append(inside[..<stop.lowerBound].trimmedText)
            start = stop.upperBound
        }
        var isTakenApart = start > 0
        if !isTakenApart, let stop = loneEnd(in: bytes, afterOpening: afterOpening), !holdsOpening(bytes[..<stop.lowerBound]) {
            thoughts = [bytes[..<stop.lowerBound].trimmedText]
            (start, isTakenApart) = (stop.upperBound, true)
        }
        guard isTakenApart else { return ThinkBlock(text: text) }
        return ThinkBlock(text: answer(in: bytes[start...].withoutSpaceBefore.text), reasoning: joined(thoughts))
    }

    /// The end mark of a block whose start mark the chat template may have written.
    private static func loneEnd(in bytes: [UInt8], afterOpening: Bool) -> Range<Int>? {
        if let end = loneEnds.lazy.compactMap({ $0.firstRange(in: bytes[...]) }).first {
            return afterOpening || isApart(end, in: bytes) ? end : nil
        }
        guard afterOpening, let end = wordyEnds.lazy.compactMap({ $0.firstRange(in: bytes[...]) }).first, end.lowerBound > 0 else {
            return nil
        }
        return " `\"'(".utf8.contains(bytes[end.lowerBound - 1]) ? nil : end
    }

    /// True if a block starts before an end mark, so that the mark belongs to that block, after or inside the completion.
    private static func holdsOpening(_ before: ArraySlice<UInt8>) -> Bool { StrayMark.first(in: before)?.isCall == false }

    /// True if there is nothing before an end mark, or if it ends its line and more text follows.
    private static func isApart(_ end: Range<Int>, in bytes: [UInt8]) -> Bool {
        let behind = bytes[end.upperBound...]
        return bytes[..<end.lowerBound].withoutSpaceBefore.isEmpty
            || (behind.first.map { $0 == 0x0a || $0 == 0x0d } ?? false) && !behind.withoutSpaceBefore.isEmpty
    }

    /// The end mark of a block that has no start and is not quoted: the text before it may be thinking.
    static func strayEnd(in text: Substring) -> Substring? {
        let bytes = Array(text.utf8)
        for (index, end) in loneEnds.enumerated() {
            guard let place = end.firstRange(in: bytes[...]), place.lowerBound == 0 || bytes[place.lowerBound - 1] != UInt8(ascii: "`")
            else { continue }
            let start = marks.first { $0.end == loneEnds[index] }?.start
            if start?.firstRange(in: bytes[..<place.lowerBound]) == nil { return Substring(bytes[place].text) }
        }
        return nil
    }

    /// True if the text may hold a mark; false for nearly all completions, at a hundredth of the cost of the full search.
    private static func mayHoldMark(_ text: String) -> Bool {
        let firsts = (UInt8(ascii: "<"), UInt8(ascii: "["), "◁".utf8.first!)
        let opening = text.drop(while: \.isWhitespace)
        return text.utf8.contains { $0 == firsts.0 || $0 == firsts.1 || $0 == firsts.2 }
            || ["Here", "here", "HERE"].contains(where: opening.hasPrefix) || HarmonyText.mayBegin(opening)
    }

    /// The text after the thinking, unwrapped if all of it is in one mark.
    private static func answer(in text: String) -> String { unwrapped(text) ?? text }

    private static let answerMarks = (start: Mark("<answer>"), end: Mark("</answer>"))

    /// The inside of a text that is all in one `<answer>…</answer>`; nil for any other.
    static func unwrapped(_ text: some StringProtocol) -> String? {
        let bytes = Array(text.utf8)
        let whole = bytes[...].withoutSpaceAround
        let (start, end) = answerMarks
        guard start.begins(whole), whole.count >= start.count + end.count, end.begins(whole.suffix(end.count)) else { return nil }
        let inside = whole.dropFirst(start.count).dropLast(end.count)
        return start.firstRange(in: inside) == nil && end.firstRange(in: inside) == nil ? inside.trimmedText : nil
    }

    private static func joined(_ thoughts: [String]) -> String? {
        let thoughts = thoughts.filter { !$0.isEmpty }
        return thoughts.isEmpty ? nil : thoughts.joined(separator: "\n")
    }
}
