/// Control text of chat formats that a server has left in a completion, where special tokens should have been removed:
/// `Fine.<|im_end|>`, `<|start_header_id|>assistant<|end_header_id|>` before it, `</s>` after it.
///
/// Marks at the edges are cut off. One in the middle means that the model continued with another turn, or that the text is about such
/// marks: the two cannot be distinguished, and the text is not used for training.
struct ControlText {
    /// The text without control text at its edges.
    private(set) var text: Substring
    /// Control text that was cut off, in order; nil for none.
    private(set) var cut: String?
    /// Mark inside the text that makes it unusable; nil for none.
    private(set) var inside: String?

    /// - Parameter headOnly: true to look only at the beginning, for the header of a turn.
    init(_ given: String, headOnly: Bool = false) {
        text = given[...]
        guard Self.mayHoldMark(given) else {
            if !headOnly { inside = Self.inside(text) }
            return
        }
        var cuts: [String] = []
        // `<s>struck out</s>` is HTML: its marks stand where a text goes on behind or before them.
        let endsInside = Self.holdsInnerEnd(text)
        while cuts.count < Self.mostCuts, let head = Self.head(of: text, endsInside: endsInside, sparing: headOnly ? Self.thinking : []) {
            cuts.append(String(head))
            text = text[head.endIndex...].drop(while: \.isWhitespace)
        }
        var ends: [String] = []
        let inner = headOnly ? nil : Self.innerBeginning(of: text)
        while !headOnly, ends.count < Self.mostCuts, let tail = Self.tail(of: text, isStruckOut: inner.map { $0 <= text.endIndex } ?? false)
        {
            ends.append(String(tail))
            text = Self.withoutSpaceBehind(text[..<tail.startIndex])
        }
        let all = cuts + ends.reversed()
        cut = all.isEmpty ? nil : all.joined(separator: " ")
        if max(cuts.count, ends.count) == Self.mostCuts { inside = "\(Self.mostCuts) pieces of control text in a row" }
        if !headOnly { inside = inside ?? Self.inside(text) }
    }

    /// Largest number of marks that are cut off one edge; a text with so many is no completion.
    private static let mostCuts = 1000

    /// Unwraps the text if all of it is in `<answer>…</answer>`, the format of reasoning models whose thinking the endpoint has
    /// removed.
    mutating func takeOutOfAnswerMark() {
        guard let answer = ThinkBlock.unwrapped(text) else { return }
        text = answer[...]
        cut = [cut, "<answer> </answer>"].compactMap { $0 }.joined(separator: " ")
    }

    private static func inside(_ text: Substring) -> String? {
        if let stray = StrayMark.first(in: Array(text.utf8)[...]) {
            return stray.isCall ? "a tool call spelt as text, \(stray.text)" : "control text \(stray.text) in the middle"
        }
        return firstMark(in: text).map { "control text \($0) in the middle" }
    }

    private static func mayHoldMark(_ text: String) -> Bool {
        text.utf8.contains { $0 == UInt8(ascii: "<") || $0 == UInt8(ascii: "[") || $0 == UInt8(ascii: "~") }
            || bareRoles.contains(where: text.drop(while: \.isWhitespace).hasPrefix)
    }

    /// Marks not of the form `<|…|>`, in any case: Llama 2 and Mistral, Gemma, T5, EXAONE, Seed-OSS, MiniMax, GLM, Ling, InternLM.
    private static let plainMarks = [
        "<s>", "</s>", "<bos>", "<eos>", "<unk>", "<start_of_turn>", "<end_of_turn>", "[INST]", "[/INST]", "<pad>",
        "[PAD]", "[EOS]", "[BOS]", "<end_of_utterance>", "<|turn>", "<turn|>", "<channel|>", "[|assistant|]", "[|endofturn|]", "[|user|]",
        "<seed:bos>", "<seed:eos>", "]~b]", "[e~[", "[gMASK]", "<sop>", "<eop>", "<eoa>", "<eoh>", "<role>ASSISTANT</role>",
    ].map { Mark($0) }
    /// Marks with a number behind their name: InternLM2, Nemotron, T5, Gemma.
    private static let numberedMarks: [(name: Mark, end: UInt8)] =
        [(Mark("[UNUSED_TOKEN_"), UInt8(ascii: "]"))]
        + ["<SPECIAL_", "<extra_id_", "<unused", "<reserved_"].map { (Mark($0), UInt8(ascii: ">")) }
    /// Names of the speaker, between or after the marks of a header.
    private static let roles = ["assistant", "model", "Assistant", "ASSISTANT", "ai"]
    /// Names of the speaker that stand alone where the rest of a header was dropped.
    private static let bareRoles = ["assistant", "model"]
    /// Marks of gpt-oss's format and of thinking, which `ThinkBlock` handles.
    private static let thinking: Set<Substring> = [
        "<|channel|>", "<|start|>", "<|message|>", "<|begin_of_thought|>", "<|begin_of_solution|>", "<|end_of_thought|>",
        "<|thinking|>", "<|think|>", "<|START_THINKING|>", "<|END_THINKING|>", "<|inner_prefix|>",
    ]

    /// A mark, or the role's name in a header, at the beginning, without the space before it.
    private static func head(of text: Substring, endsInside: Bool, sparing spared: Set<Substring>) -> Substring? {
        let start = text.drop(while: \.isWhitespace)
        if let mark = mark(at: start) {
            if spared.contains(mark) || StrayMark.isCall(mark) || (isStruck(mark, "<s>") && endsInside) { return nil }
            let behind = start[mark.endIndex...]
            // `<|im_start|>assistant`: the role belongs to the mark.
            guard !isStruck(mark, "</s>"), let role = roles.first(where: behind.hasPrefix), isEnd(behind.dropFirst(role.count)) else {
                return mark
            }
            return start[..<behind.index(behind.startIndex, offsetBy: role.count)]
        }
        // What is left of Llama 3's and Gemma's headers once the special tokens are dropped: the role alone on a line.
        guard let role = bareRoles.first(where: start.hasPrefix) else { return nil }
        let behind = start.dropFirst(role.count)
        return behind.first?.isNewline == true ? start[..<behind.startIndex] : nil
    }

    private static func isEnd(_ text: Substring) -> Bool { text.first.map { $0.isNewline || $0 == "<" } ?? true }

    /// True if a text holds `</s>` with more text after it, as in HTML's struck-out text.
    private static func holdsInnerEnd(_ text: Substring) -> Bool {
        let bytes = Array(text.utf8)[...]
        return Mark("</s>").firstRange(in: bytes).map { !bytes[$0.upperBound...].withoutSpaceBefore.isEmpty } ?? false
    }

    /// The end of the first `<s>` with text before it, as in HTML; nil for none.
    private static func innerBeginning(of text: Substring) -> Substring.Index? {
        let rest = text.drop { $0.isWhitespace }.dropFirst()
        let found = Mark("<s>").firstRange(in: Array(rest.utf8)[...])
        return found.map { rest.utf8.index(rest.startIndex, offsetBy: $0.upperBound) }
    }

    /// A mark at the end, without the space after it.
    ///
    /// - Parameter isStruckOut: true if `<s>` is inside, so that `</s>` belongs to it.
    private static func tail(of text: Substring, isStruckOut: Bool) -> Substring? {
        let end = withoutSpaceBehind(text)
        if end.hasSuffix("[e~[") { return end.suffix(4) }
        guard let start = end.lastIndex(where: { $0 == "<" || $0 == "[" }) else { return nil }
        if isTorn(end[start...]) { return end[start...] }
        guard let last = end.last, last == ">" || last == "]", let mark = mark(at: end[start...]), mark.endIndex == end.endIndex,
            !isStruck(mark, "</s>") || !isStruckOut
        else { return nil }
        return mark
    }

    /// True for a mark of HTML's too, in any case.
    private static func isStruck(_ mark: Substring, _ spelling: String) -> Bool { mark.lowercased() == spelling }

    /// True for `<|im_end|` or `<|im_end`: the mark at the end of a completion whose last sign is missing.
    private static func isTorn(_ text: Substring) -> Bool {
        guard text.hasPrefix("<|"), !text.contains(">") else { return false }
        let name = text.dropFirst(2).prefix { $0.isLetter || $0.isNumber || $0 == "_" }
        return tornNames.contains(String(name)) && ["", "|"].contains(text[name.endIndex...])
    }

    private static let tornNames: Set = ["im_end", "eot_id", "end", "endoftext", "end_of_text", "eom_id", "return", "END_OF_TURN_TOKEN"]

    private static func withoutSpaceBehind(_ text: Substring) -> Substring {
        text.lastIndex { !$0.isWhitespace }.map { text[...$0] } ?? text[..<text.startIndex]
    }

    private static let longestMark = 32

    /// The mark at the start of the text.
    private static func mark(at text: Substring) -> Substring? {
        let bytes = Array(text.utf8.prefix(longestMark))[...]
        if let plain = plainMarks.first(where: { $0.begins(bytes) }) {
            return text[..<text.utf8.index(text.startIndex, offsetBy: plain.count)]
        }
        for (name, end) in numberedMarks where name.begins(bytes) {
            let digits = bytes.dropFirst(name.count).prefix { (0x30...0x39).contains($0) }
            guard !digits.isEmpty, digits.endIndex < bytes.endIndex, bytes[digits.endIndex] == end else { continue }
            return text[..<text.utf8.index(text.startIndex, offsetBy: digits.endIndex + 1)]
        }
        // DeepSeek writes the bars and the space between words with characters of their own.
        guard let bar = ["<|", "<｜"].first(where: text.hasPrefix) else { return nil }
        let name = text.dropFirst(bar.count).prefix(41) { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "▁" }
        guard (2...40).contains(name.count), ["|>", "｜>"].contains(where: text[name.endIndex...].hasPrefix) else { return nil }
        return text[..<text.index(name.endIndex, offsetBy: 2)]
    }

    /// True if a text goes on as another speaker: `</s>USER:`.
    private static func beginsTurn(_ text: Substring) -> Bool {
        let start = text.drop(while: \.isWhitespace).prefix(12).lowercased()
        return ["user:", "human:", "assistant:", "### human", "[inst]"].contains(where: start.hasPrefix)
    }

    /// The first mark inside that cannot be ordinary text; `<s>` and the like are also HTML.
    private static func firstMark(in text: Substring) -> Substring? {
        var rest = text
        while let start = PossibleMark.first(in: rest) {
            if let mark = mark(at: rest[start...]) {
                if !["<s>", "</s>"].contains(mark.lowercased()) { return mark }
                if isStruck(mark, "</s>"), beginsTurn(rest[mark.endIndex...]) { return mark }
            }
            rest = rest[rest.index(after: start)...]
        }
        return ThinkBlock.strayEnd(in: text)
    }
}

extension Substring {
    fileprivate func prefix(_ most: Int, while belongs: (Character) -> Bool) -> Substring {
        var end = startIndex
        var count = 0
        while end < endIndex, count < most, belongs(self[end]) {
            formIndex(after: &end)
            count += 1
        }
        return self[..<end]
    }
}
