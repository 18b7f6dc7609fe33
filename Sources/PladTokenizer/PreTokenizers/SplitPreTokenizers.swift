import PladRecords

/// The regular expressions that plad cuts texts by, each with a hand-written matcher. A new one is one file, a case and a line in
/// `SplitPreTokenizers`.
package enum SplitPattern: CaseIterable, Sendable {
    case gpt2, llama3, qwen2

    /// The pattern with this source, letter for letter; nil for another.
    package init?(source: String) {
        guard let found = Self.allCases.first(where: { $0.source == source }) else { return nil }
        self = found
    }

    /// The pattern as tokenizer.json spells it.
    package var source: String {
        switch self {
        case .gpt2: GPT2Pattern.source
        case .llama3: CL100KPattern.source(numbers: #"\p{N}{1,3}"#)
        case .qwen2: CL100KPattern.source(numbers: #"\p{N}"#)
        }
    }
}

/// Makes `Split` pre-tokenizers: by a known regular expression, or by a literal text.
enum SplitPreTokenizers {
    /// The pre-tokenizer of a known pattern.
    private static func preTokenizer(_ pattern: SplitPattern) -> any PreTokenizer {
        switch pattern {
        case .gpt2: cutting(GPT2Pattern())
        case .llama3: cutting(CL100KPattern(digits: 3))
        case .qwen2: cutting(CL100KPattern(digits: 1))
        }
    }

    private static func cutting(_ pattern: some PiecePattern) -> any PreTokenizer {
        CuttingPreTokenizer(cutter: PatternCutter(pattern: pattern))
    }

    static func make(_ section: Section) throws -> any PreTokenizer {
        try section.only("pattern", "behavior", "invert")
        let pattern = try section.section("pattern")
        let inverted = try section.bool("invert", default: false)
        let behavior = try section.string("behavior")
        if let literal = pattern["String"]?.string {
            guard !literal.isEmpty else { throw pattern.failure("String", "is empty") }
            guard !inverted else { throw section.failure("invert", "is not known to plad beside a literal pattern") }
            guard let known = LiteralCutter.Behavior(rawValue: behavior) else {
                throw section.unknown("behavior", behavior, known: "Isolated, MergedWithNext, MergedWithPrevious, Removed")
            }
            return CuttingPreTokenizer(cutter: LiteralCutter(literal: Array(literal.utf8), behavior: known))
        }
        let source = try pattern.string("Regex")
        guard let known = SplitPattern(source: source) else {
            throw pattern.unknown("Regex", source, known: "those of GPT-2, Llama 3 and Qwen 2")
        }
        // The patterns match every character, so removing what lies between the matches removes nothing.
        guard (behavior, inverted) == ("Isolated", false) || (behavior, inverted) == ("Removed", true) else {
            throw section.unknown("behavior", behavior + (inverted ? ", inverted" : ""), known: "Isolated, or Removed inverted")
        }
        return preTokenizer(known)
    }
}

/// Cuts around every occurrence of a literal text.
struct LiteralCutter: PieceCutter {
    enum Behavior: String {
        case isolated = "Isolated"
        case removed = "Removed"
        case mergedWithPrevious = "MergedWithPrevious"
        case mergedWithNext = "MergedWithNext"
    }

    let literal: [UInt8]
    let behavior: Behavior

    func cut(_ piece: Piece, of text: UnsafePointer<UInt8>, into pieces: inout [Piece]) {
        var start = piece.start
        var position = piece.start
        func close(at end: Int) {
            if end > start { pieces.append(Piece(start: start, end: end)) }
        }
        while position + literal.count <= piece.end {
            guard literal.indices.allSatisfy({ text[position + $0] == literal[$0] }) else {
                position += 1
                continue
            }
            let end = position + literal.count
            switch behavior {
            case .isolated:
                close(at: position)
                pieces.append(Piece(start: position, end: end))
                start = end
            case .removed:
                close(at: position)
                start = end
            case .mergedWithPrevious:
                close(at: end)
                start = end
            case .mergedWithNext:
                close(at: position)
                start = position
            }
            position = end
        }
        close(at: piece.end)
    }
}
