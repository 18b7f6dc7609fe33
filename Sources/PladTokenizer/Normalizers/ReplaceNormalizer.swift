import PladRecords

/// Replaces every occurrence of a text, or every run of two or more spaces, by another text.
struct ReplaceNormalizer: Normalizer {
    let replacement: BytesReplacement

    init(_ section: Section) throws {
        try section.only("pattern", "content")
        replacement = try BytesReplacement(section)
    }

    func normalize(_ text: inout [UInt8], at place: TextPlace) {
        replacement.apply(to: &text)
    }
}

/// The replacement that `Replace` of normalizers and decoders performs.
struct BytesReplacement: Sendable {
    enum Pattern {
        case literal([UInt8])
        case spaces(atLeast: Int)
    }

    let pattern: Pattern
    let content: [UInt8]

    init(literal: [UInt8], content: [UInt8]) {
        pattern = .literal(literal)
        self.content = content
    }

    /// Reads `pattern` and `content`. The only regular expressions known are those of SentencePiece's space folding.
    init(_ section: Section) throws {
        content = Array(try section.string("content").utf8)
        let pattern = try section.section("pattern")
        if let text = pattern["String"]?.string {
            guard !text.isEmpty else { throw pattern.failure("String", "is empty; it would match everywhere") }
            self.pattern = .literal(Array(text.utf8))
        } else {
            switch try pattern.string("Regex") {
            case " {2,}": self.pattern = .spaces(atLeast: 2)
            case " +": self.pattern = .spaces(atLeast: 1)
            case let other: throw pattern.unknown("Regex", other, known: "\" {2,}\", \" +\"")
            }
        }
    }

    func apply(to text: inout [UInt8]) {
        switch pattern {
        case .literal(let literal): replace(in: &text, first: literal[0]) { Self.matches(literal, $0, $1) ? literal.count : 0 }
        case .spaces(let least):
            replace(in: &text, first: 0x20) { text, position in
                var end = position
                while end < text.count, text[end] == 0x20 { end += 1 }
                return end - position >= least ? end - position : 0
            }
        }
    }

    /// Replaces each match; `match` gives its length, or 0 for none, at positions that hold `first`.
    private func replace(in text: inout [UInt8], first: UInt8, match: (UnsafeBufferPointer<UInt8>, Int) -> Int) {
        let replaced: [UInt8]? = text.withUnsafeBufferPointer { text in
            guard var found = text.firstIndex(of: first) else { return nil }
            var output: [UInt8] = []
            output.reserveCapacity(text.count + text.count / 2)
            var copied = 0
            while found < text.count {
                let length = text[found] == first ? match(text, found) : 0
                if length > 0 {
                    output.append(contentsOf: text[copied..<found])
                    output.append(contentsOf: content)
                    found += length
                    copied = found
                } else {
                    found += 1
                }
            }
            output.append(contentsOf: text[copied...])
            return output
        }
        if let replaced { text = replaced }
    }

    private static func matches(_ literal: [UInt8], _ text: UnsafeBufferPointer<UInt8>, _ position: Int) -> Bool {
        guard position + literal.count <= text.count else { return false }
        for index in 0..<literal.count where text[position + index] != literal[index] { return false }
        return true
    }
}
