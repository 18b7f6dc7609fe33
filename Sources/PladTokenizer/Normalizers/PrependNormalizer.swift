/// Puts a text, SentencePiece's dummy space, before every text that is not empty.
struct PrependNormalizer: Normalizer {
    let prefix: [UInt8]

    init(_ section: Section) throws {
        try section.only("prepend")
        prefix = Array(try section.string("prepend").utf8)
    }

    func normalize(_ text: inout [UInt8], at place: TextPlace) {
        guard place != .continuation, !text.isEmpty else { return }
        text.insert(contentsOf: prefix, at: 0)
    }
}
