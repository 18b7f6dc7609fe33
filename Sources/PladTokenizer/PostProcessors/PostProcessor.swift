import PladRecords

/// Adds the special tokens of a single text around its ids.
struct PostProcessor: Sendable {
    private(set) var before: [TokenID] = []
    private(set) var after: [TokenID] = []

    /// Makes a post-processor that adds no special tokens.
    init() {}

    /// Reads a `post_processor` section. `knows` returns true if an id is a token.
    init(_ section: Section, knows: (TokenID) -> Bool) throws {
        switch try section.type() {
        case "ByteLevel":
            // It trims offsets, which plad does not keep; ids stay as they are.
            try section.only("add_prefix_space", "trim_offsets", "use_regex")
        case "TemplateProcessing":
            try readTemplate(section, knows)
        case "Sequence":
            try section.only("processors")
            for processor in try section.sections("processors") {
                let outer = try PostProcessor(processor, knows: knows)
                before = outer.before + before
                after += outer.after
            }
        case let type:
            throw section.unknown("type", type, known: "ByteLevel, Sequence, TemplateProcessing")
        }
    }

    func apply(to ids: inout [TokenID]) {
        if !before.isEmpty { ids.insert(contentsOf: before, at: 0) }
        ids.append(contentsOf: after)
    }

    /// Like `apply`, but adds nothing at an end where `ids` already has the special tokens.
    func complete(_ ids: inout [TokenID]) {
        if !ids.starts(with: before) { ids.insert(contentsOf: before, at: 0) }
        if !ids.suffix(after.count).elementsEqual(after) { ids.append(contentsOf: after) }
    }

    /// Reads a template: `single` holds one `Sequence`, the text, among `SpecialToken`s; `pair` is for two texts, which plad never
    /// joins.
    private mutating func readTemplate(_ section: Section, _ knows: (TokenID) -> Bool) throws {
        try section.only("single", "pair", "special_tokens")
        let tokens = try section.section("special_tokens")
        var texts = 0
        for piece in try section.sections("single") {
            try piece.only("SpecialToken", "Sequence")
            if piece["Sequence"] != nil {
                texts += 1
                continue
            }
            let name = try piece.section("SpecialToken").string("id")
            let token = try tokens.section(name)
            guard let ids = token["ids"]?.array?.map({ $0.int.flatMap(TokenID.init(exactly:)) }) else {
                throw token.failure("ids", "is not a list")
            }
            for id in ids {
                guard let id, knows(id) else { throw token.failure("ids", "names a token that is not in the vocabulary") }
                if texts == 0 { before.append(id) } else { after.append(id) }
            }
        }
        guard texts == 1 else { throw section.failure("single", "holds the text \(texts) times, not once") }
    }
}
