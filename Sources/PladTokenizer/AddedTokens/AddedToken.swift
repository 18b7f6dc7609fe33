import PladRecords

/// A token found in the text itself, before the model sees it.
struct AddedToken: Sendable {
    var id: TokenID
    var content: String
    /// True if the token matches only where no word character touches it.
    var singleWord = false
    /// True if the match includes the white space before the token.
    var stripsLeft = false
    /// True if the match includes the white space behind the token.
    var stripsRight = false
    /// True if the token is matched, in its own normalized form, after normalization; false if before it.
    var normalized = false
    /// True if decoding can skip the token and a continuation's text never spells it.
    var special = true

    init(id: TokenID, content: String) {
        self.id = id
        self.content = content
    }

    /// An element of `added_tokens`.
    init(_ section: Section) throws {
        try section.only("id", "content", "single_word", "lstrip", "rstrip", "normalized", "special")
        id = try section.id("id")
        guard id < Vocabulary.largestSize else { throw section.failure("id", "is \(id); plad takes ids below \(Vocabulary.largestSize)") }
        content = try section.string("content")
        guard !content.isEmpty else { throw section.failure("content", "is empty") }
        special = try section.bool("special", default: false)
        try readFlags(section)
    }

    /// Reads the matching flags that a section has.
    mutating func readFlags(_ section: Section) throws {
        singleWord = try section.bool("single_word", default: false)
        stripsLeft = try section.bool("lstrip", default: false)
        stripsRight = try section.bool("rstrip", default: false)
        normalized = try section.bool("normalized", default: !special)
    }
}
