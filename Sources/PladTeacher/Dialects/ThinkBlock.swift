/// Thinking that a model writes inline, in the text that should be its answer.
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
/// The marks are known in capitals and small letters alike. Every text is gone through a fixed number of times.
///
/// Source: the reasoning parsers of vLLM (vllm/reasoning) and SGLang ("Reasoning Parser"), which servers may be run without.
package struct ThinkBlock: Sendable, Equatable {
    /// The text that is left as the completion.
    package var text: String
    /// The thinking, without its marks; nil where there is none.
    package var reasoning: String?
    /// True if the thinking never ended: then no completion came.
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
    /// The ends that chat templates leave alone, having written the start into the prompt.
    private static let loneEnds = [
        "</think>", "</thinking>", "</thought>", "</reasoning>", "<channel|>", "</seed:think>", "[/THINK]", "◁/think▷",
        "<|end_of_thought|>", "<|/thinking|>", "<|/think|>", "<|END_THINKING|>",
    ].map { Mark($0) }
    /// Starts of blocks that stand between marks, by which a block inside an answer is known.
    static let openings = [
        "<think>", "<thinking>", "<thought>", "<reasoning>", "<seed:think>", "[THINK]", "◁think▷", "<|begin_of_thought|>", "<|thinking|>",
        "<|think|>", "<|START_THINKING|>", "<|inner_prefix|>",
    ].map { (spelling: $0, mark: Mark($0)) }

    /// The start of a block that a text begins with, as it is usually spelt.
    static func opening(of text: ArraySlice<UInt8>) -> String? { openings.first { $0.mark.begins(text) }?.spelling }

    /// Takes blocks at the start of the text apart from the answer. Text without a block is returned as it is.
    ///
    /// - Parameter afterOpening: whether the chat template may have opened the block itself: then everything before a lone
    ///   end is reasoning. Where the endpoint has taken the thinking out already, only an end that stands at the beginning, or
    ///   alone at the end of its line, is one.
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
        if !isTakenApart, let stop = loneEnds.lazy.compactMap({ $0.firstRange(in: bytes[...]) }).first,
            afterOpening || isApart(stop, in: bytes), !holdsOpening(bytes[..<stop.lowerBound])
        {
            thoughts = [bytes[..<stop.lowerBound].trimmedText]
            (start, isTakenApart) = (stop.upperBound, true)
        }
        guard isTakenApart else { return ThinkBlock(text: text) }
        return ThinkBlock(text: answer(in: bytes[start...].withoutSpaceBefore.text), reasoning: joined(thoughts))
    }

    /// True if a block begins before an end, so that the end is that one's: behind an answer, or within it.
    private static func holdsOpening(_ before: ArraySlice<UInt8>) -> Bool { StrayMark.first(in: before)?.isCall == false }

    /// True if nothing stands before an end, or a line ends behind it and more follows.
    private static func isApart(_ end: Range<Int>, in bytes: [UInt8]) -> Bool {
        let behind = bytes[end.upperBound...]
        return bytes[..<end.lowerBound].withoutSpaceBefore.isEmpty
            || (behind.first.map { $0 == 0x0a || $0 == 0x0d } ?? false) && !behind.withoutSpaceBefore.isEmpty
    }

    /// The end of a block that has no start and is not quoted: what stands before it may be thinking.
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

    /// False for nearly all answers, at a hundredth of what the search for marks costs.
    private static func mayHoldMark(_ text: String) -> Bool {
        let firsts = (UInt8(ascii: "<"), UInt8(ascii: "["), "◁".utf8.first!)
        let opening = text.drop(while: \.isWhitespace)
        return text.utf8.contains { $0 == firsts.0 || $0 == firsts.1 || $0 == firsts.2 }
            || ["Here", "here", "HERE"].contains(where: opening.hasPrefix) || HarmonyText.mayBegin(opening)
    }

    /// The text after the thinking, out of its own mark where all of it stands in one.
    private static func answer(in text: String) -> String { unwrapped(text) ?? text }

    private static let answerMarks = (start: Mark("<answer>"), end: Mark("</answer>"))

    /// The inside of a text all of which stands in one `<answer>…</answer>`; nil for any other.
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
