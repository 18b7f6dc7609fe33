/// GPT-2's pre-tokenizer: cuts by its pattern and leaves bytes to the model.
///
/// Hugging Face spells the bytes in a printable alphabet here; plad's model reads them as they are.
struct ByteLevelPreTokenizer: PreTokenizer {
    let addsPrefixSpace: Bool
    let usesPattern: Bool

    init(_ section: Section) throws {
        try section.only("add_prefix_space", "trim_offsets", "use_regex")
        addsPrefixSpace = try section.bool("add_prefix_space")
        usesPattern = try section.bool("use_regex", default: true)
    }

    func split(_ list: inout PieceList) {
        if addsPrefixSpace, list.place != .continuation {
            list.prefix([0x20]) { _, bytes in bytes.first != 0x20 }
        }
        if usesPattern { list.cut(with: PatternCutter(pattern: GPT2Pattern())) }
    }
}
