/// A mark of thinking or of a tool call inside a completion's text: such a completion is not used for training, since it is unknown
/// where the completion begins.
///
/// Only marks that stand apart count: at the start of a line, after a sentence, or without a space before them; not in quotation marks
/// or inside a block of code, where a text is about such marks.
///
/// | call of a tool, as the model spells it | by |
/// |---|---|
/// | `<tool_call>`, `<function=` | Qwen, Hermes, GLM and others of that format |
/// | `[TOOL_CALLS]` | Mistral |
/// | `<\|python_tag\|>` | Llama 3 |
/// | `<｜tool▁calls▁begin｜>`, `<｜DSML｜` | DeepSeek |
/// | `<\|tool_calls_section_begin\|>` | Moonshot Kimi K2 |
/// | `<function_calls>`, `<invoke name=` | prompted models, MiniMax |
/// | `<\|START_ACTION\|>` | Cohere Command |
/// | `functools[`, `<\|tool_call\|>` | Microsoft Phi, IBM Granite |
/// | `<start_function_call>`, a block of `tool_code` | Gemma |
/// | `<\|action_start\|>` | InternLM |
///
/// Source: the tool parsers of vLLM (vllm/entrypoints/openai/tool_parsers) and SGLang.
struct StrayMark: Equatable {
    let text: String
    /// True if the mark starts a tool call.
    let isCall: Bool

    private static let calls = [
        "<tool_call>", "<tool_calls>", "<|tool_call|>", "<|tool_call>", "<|tool_call_begin|>", "<|tool_calls_section_begin|>",
        "<｜tool▁calls▁begin｜>", "<｜tool▁call▁begin｜>", "<｜DSML｜", "[TOOL_CALLS]", "<|python_tag|>", "<function_calls>", "<function_call>",
        "<invoke name=", "<function=", "<minimax:tool_call>", "<seed:tool_call>", "<|START_ACTION|>", "<|action_start|>",
        "<start_function_call>", "<tool_code>", "functools[", "```tool_code", "```tool_call",
    ].map { (spelling: $0, mark: Mark($0)) }
    /// True for bytes that are the second one of any mark or of a block's start, which excludes most other positions.
    private static let seconds: [Bool] = {
        var seconds = [Bool](repeating: false, count: 256)
        for spelling in calls.map(\.spelling) + ThinkBlock.openings.map(\.spelling) {
            for text in [spelling.lowercased(), spelling.uppercased()] { seconds[Int(Array(text.utf8)[1])] = true }
        }
        return seconds
    }()
    /// All marks and starts of a block by their first three bytes in lower case, calls first.
    private static let byBeginning: [UInt32: [(spelling: String, mark: Mark, isCall: Bool)]] = {
        let all = calls.map { ($0.spelling, $0.mark, true) } + ThinkBlock.openings.map { ($0.spelling, $0.mark, false) }
        return Dictionary(grouping: all.map { (spelling: $0.0, mark: $0.1, isCall: $0.2) }) { beginning(Array($0.spelling.utf8)[...]) }
    }()

    /// The first three bytes of a text that has so many, in lower case, in one number.
    private static func beginning(_ text: ArraySlice<UInt8>) -> UInt32 {
        text.prefix(3).reduce(0) { $0 << 8 | UInt32((0x41...0x5a).contains($1) ? $1 | 0x20 : $1) }
    }

    /// Names that gpt-oss writes between messages, once its special tokens are dropped. No ordinary word is spelled so.
    private static let channels = ["assistantfinal", "assistantanalysis", "assistantcommentary"].map { (spelling: $0, mark: Mark($0)) }

    /// True if a mark, such as `<|python_tag|>`, starts a tool call and is not the edge of a completion.
    static func isCall(_ mark: Substring) -> Bool {
        let bytes = Array(mark.utf8)
        return calls.contains { $0.mark.begins(bytes[...]) }
    }

    /// The first one in a completion whose leading thinking is removed; nil for nearly all. Takes one pass.
    static func first(in bytes: ArraySlice<UInt8>) -> StrayMark? {
        var isCode = false
        /// Byte before the preceding spaces, nil at the start of a line, and true if there are any spaces.
        var (before, isSpaced): (UInt8?, Bool) = (nil, false)
        var place = bytes.startIndex
        while place < bytes.endIndex {
            let byte = bytes[place]
            if let found = mark(at: bytes[place...], isLineStart: before == nil) {
                if found.isChannel || !isCode && standsApart(before, isSpaced) { return found.mark }
            }
            if byte == UInt8(ascii: "`"), before == nil, bytes[place...].starts(with: "```".utf8) { isCode.toggle() }
            switch byte {
            case 0x0a, 0x0d: (before, isSpaced) = (nil, false)
            case 0x20, 0x09: isSpaced = before != nil
            default: (before, isSpaced) = (byte, false)
            }
            place += 1
        }
        return nil
    }

    private static func mark(at text: ArraySlice<UInt8>, isLineStart: Bool) -> (mark: StrayMark, isChannel: Bool)? {
        func goesOn(_ letters: StaticString) -> Bool {
            text.count > 2 && text[text.startIndex + 1] == letters.utf8Start[0] && text[text.startIndex + 2] == letters.utf8Start[1]
        }
        switch text[text.startIndex] {
        case UInt8(ascii: "<"), UInt8(ascii: "["), 0xe2, UInt8(ascii: "f"):
            guard text.count > 2, seconds[Int(text[text.startIndex + 1])],
                let found = byBeginning[beginning(text)]?.first(where: { $0.mark.begins(text) })
            else { return nil }
            return (StrayMark(text: found.spelling, isCall: found.isCall), false)
        case UInt8(ascii: "`") where isLineStart:
            return calls.first { $0.mark.begins(text) }.map { (StrayMark(text: $0.spelling, isCall: true), false) }
        case UInt8(ascii: "a") where goesOn("ss"):
            return channels.first { $0.mark.begins(text) }.map { (StrayMark(text: $0.spelling, isCall: false), true) }
        default: return nil
        }
    }

    /// True if a mark stands apart from the text before it.
    ///
    /// - Parameters:
    ///   - before: byte before the mark and its preceding spaces; nil at the start of a line.
    ///   - isSpaced: true if there are spaces.
    private static func standsApart(_ before: UInt8?, _ isSpaced: Bool) -> Bool {
        guard let before else { return true }
        if isSpaced { return ".!?>}".utf8.contains(before) }
        return !"`\"'(\\".utf8.contains(before)
    }
}
