/// A text and the pieces of it that the model reads one by one.
struct PieceList {
    var text: [UInt8]
    var pieces: [Piece]
    /// Where the whole text stands.
    let place: TextPlace

    /// The whole text is one piece; an empty text has none.
    init(_ text: [UInt8], at place: TextPlace) {
        self.text = text
        self.place = place
        pieces = text.isEmpty ? [] : [Piece(start: 0, end: text.count)]
    }

    /// Cuts every piece further.
    mutating func cut(with cutter: some PieceCutter) {
        var cut: [Piece] = []
        cut.reserveCapacity(pieces.count + text.count / 4)
        text.withUnsafeBufferPointer { text in
            guard let base = text.baseAddress else { return }
            for piece in pieces { cutter.cut(piece, of: base, into: &cut) }
        }
        pieces = cut
    }

    /// Puts `prefix` before those pieces for which `needed` says so.
    mutating func prefix(_ prefix: [UInt8], where needed: (Piece, ArraySlice<UInt8>) -> Bool) {
        var output: [UInt8] = []
        output.reserveCapacity(text.count + prefix.count * pieces.count)
        for (index, piece) in pieces.enumerated() {
            let start = output.count
            let bytes = text[piece.start..<piece.end]
            if needed(piece, bytes) { output.append(contentsOf: prefix) }
            output.append(contentsOf: bytes)
            pieces[index] = Piece(start: start, end: output.count)
        }
        text = output
    }
}

/// A piece of a text, in bytes.
struct Piece {
    var start: Int
    var end: Int
}

/// Cuts a piece into smaller ones.
protocol PieceCutter: Sendable {
    /// Appends the parts of `piece`, none of them empty, in order. Bytes outside the piece are not looked at.
    func cut(_ piece: Piece, of text: UnsafePointer<UInt8>, into pieces: inout [Piece])
}
