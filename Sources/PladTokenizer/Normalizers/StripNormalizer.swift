/// Removes white space from the ends of a text.
struct StripNormalizer: Normalizer {
    let left: Bool
    let right: Bool

    init(_ section: Section) throws {
        try section.only("strip_left", "strip_right")
        left = try section.bool("strip_left")
        right = try section.bool("strip_right")
    }

    func normalize(_ text: inout [UInt8], at place: TextPlace) {
        guard place != .continuation else { return }
        if right { text.removeLast(text.count - WhiteSpace.endWithout(text)) }
        if left { text.removeFirst(WhiteSpace.startWithout(text)) }
    }
}

/// Finds the ends of a text without its white space.
enum WhiteSpace {
    /// End of the white space at the start.
    static func startWithout(_ text: some BidirectionalCollection<UInt8>) -> Int {
        let text = String(decoding: text, as: UTF8.self).unicodeScalars
        return text.prefix { CharacterClasses(of: $0).contains(.space) }.reduce(0) { $0 + UTF8.width($1) }
    }

    /// Start of the white space at the end.
    static func endWithout(_ text: some BidirectionalCollection<UInt8>) -> Int {
        let scalars = String(decoding: text, as: UTF8.self).unicodeScalars
        let space = scalars.reversed().prefix { CharacterClasses(of: $0).contains(.space) }.reduce(0) { $0 + UTF8.width($1) }
        return text.count - space
    }
}
