import PladRecords

/// A token found in the text itself, before the model sees it.
struct AddedToken: Sendable {
    var id: TokenID
    var content: String
    /// Matches only where no word character touches it.
    var singleWord = false
    /// Swallows the white space before it.
    var stripsLeft = false
    /// Swallows the white space behind it.
    var stripsRight = false
    /// Is looked for in the normalized text, in its own normalized form.
    var normalized = false
    /// Is left out when special tokens are skipped, and never read from a continuation's text.
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

    /// How the token matches, where a section says so.
    mutating func readFlags(_ section: Section) throws {
        singleWord = try section.bool("single_word", default: false)
        stripsLeft = try section.bool("lstrip", default: false)
        stripsRight = try section.bool("rstrip", default: false)
        normalized = try section.bool("normalized", default: !special)
    }
}
