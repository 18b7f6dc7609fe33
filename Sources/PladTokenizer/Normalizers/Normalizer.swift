/// The position of a text in the model's input, which decides if a dummy space is put before it.
enum TextPlace: Sendable {
    /// The start of the model's input.
    case start
    /// Behind a part that is already tokenized, such as a special token.
    case inside
    /// Directly behind a prompt: no space may be put before the text.
    case continuation
}

/// Rewrites a text before it is split into pieces.
protocol Normalizer: Sendable {
    /// Normalizes `text` in place; it is valid UTF-8 before and after.
    func normalize(_ text: inout [UInt8], at place: TextPlace)
}

/// A sequence of normalizers, applied one after the other.
struct NormalizerSequence: Normalizer {
    let normalizers: [any Normalizer]

    func normalize(_ text: inout [UInt8], at place: TextPlace) {
        for normalizer in normalizers { normalizer.normalize(&text, at: place) }
    }
}

/// Makes the normalizer that a `tokenizer.json` section describes. A new normalizer is one file and one line here.
enum Normalizers {
    static func make(_ section: Section) throws -> any Normalizer {
        switch try section.type() {
        case "Sequence":
            try section.only("normalizers")
            return NormalizerSequence(normalizers: try section.sections("normalizers").map(make))
        case "Prepend": return try PrependNormalizer(section)
        case "Replace": return try ReplaceNormalizer(section)
        case "Strip": return try StripNormalizer(section)
        case "Precompiled": return try PrecompiledNormalizer(section)
        case "NFC", "NFD", "NFKC", "NFKD": return try UnicodeNormalizer(section)
        case let type:
            throw section.unknown("type", type, known: "NFC, NFD, NFKC, NFKD, Precompiled, Prepend, Replace, Sequence, Strip")
        }
    }
}
