/// A regular expression that matches every character of any text, as a scanner written by hand.
protocol PiecePattern: Sendable {
    /// End of the match that starts at `start`, which is below the reader's end; always greater than `start`.
    func end(from start: Int, in reader: ClassReader) -> Int
}

/// Cuts a piece into the matches of a pattern.
struct PatternCutter<Pattern: PiecePattern>: PieceCutter {
    let pattern: Pattern

    func cut(_ piece: Piece, of text: UnsafePointer<UInt8>, into pieces: inout [Piece]) {
        let reader = ClassReader(text, end: piece.end)
        var start = piece.start
        while start < piece.end {
            let end = pattern.end(from: start, in: reader)
            pieces.append(Piece(start: start, end: end))
            start = end
        }
    }
}

/// Matches the English contractions that both families of patterns split off: `'s 't 're 've 'm 'll 'd`.
enum Contraction {
    /// End of the contraction whose apostrophe is at `start`; `start` if there is none.
    ///
    /// If case is ignored, U+017F (ſ) is an s, by case folding.
    @inline(__always)
    static func end(from start: Int, in reader: ClassReader, ignoringCase: Bool) -> Int {
        guard start + 1 < reader.end else { return start }
        let fold: UInt8 = ignoringCase ? 0x20 : 0
        let first = reader.text[start + 1] | fold
        let second = start + 2 < reader.end ? reader.text[start + 2] : 0
        switch first {
        case UInt8(ascii: "s"), UInt8(ascii: "t"), UInt8(ascii: "m"), UInt8(ascii: "d"): return start + 2
        case UInt8(ascii: "r"), UInt8(ascii: "v"): return second | fold == UInt8(ascii: "e") ? start + 3 : start
        case UInt8(ascii: "l"): return second | fold == UInt8(ascii: "l") ? start + 3 : start
        // ſ is C5 BF; 0xC5 | 0x20 is 0xE5, which also starts other characters.
        case 0xE5 where ignoringCase && reader.text[start + 1] == 0xC5 && second == 0xBF: return start + 3
        default: return start
        }
    }
}
