/// Splits a text into the pieces that the model reads one by one.
protocol PreTokenizer: Sendable {
    func split(_ list: inout PieceList)
}

/// A sequence of pre-tokenizers, applied one after the other.
struct PreTokenizerSequence: PreTokenizer {
    let preTokenizers: [any PreTokenizer]

    func split(_ list: inout PieceList) {
        for preTokenizer in preTokenizers { preTokenizer.split(&list) }
    }
}

/// A pre-tokenizer that only cuts.
struct CuttingPreTokenizer<Cutter: PieceCutter>: PreTokenizer {
    let cutter: Cutter

    func split(_ list: inout PieceList) {
        list.cut(with: cutter)
    }
}

/// Makes the pre-tokenizer that a `tokenizer.json` section describes. A new one is one file and one line here.
enum PreTokenizers {
    /// A pre-tokenizer, and true if it hands the model bytes spelled in the byte alphabet.
    typealias Made = (preTokenizer: any PreTokenizer, bytes: Bool)

    static func make(_ section: Section) throws -> Made {
        switch try section.type() {
        case "Sequence":
            try section.only("pretokenizers")
            let made = try section.sections("pretokenizers").map(make)
            guard !made.dropLast().contains(where: \.bytes) else {
                throw section.failure("pretokenizers", "has something behind ByteLevel, which plad does not know")
            }
            return (PreTokenizerSequence(preTokenizers: made.map(\.preTokenizer)), made.last?.bytes ?? false)
        case "ByteLevel": return (try ByteLevelPreTokenizer(section), true)
        case "Split": return (try SplitPreTokenizers.make(section), false)
        case "Digits": return (try DigitsCutter.preTokenizer(section), false)
        case "Metaspace": return (try MetaspacePreTokenizer(section), false)
        case "WhitespaceSplit":
            try section.only()
            return (CuttingPreTokenizer(cutter: WhiteSpaceCutter()), false)
        case let type:
            throw section.unknown("type", type, known: "ByteLevel, Digits, Metaspace, Sequence, Split, WhitespaceSplit")
        }
    }
}
