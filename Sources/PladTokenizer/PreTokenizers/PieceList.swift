/// A text and the pieces of it that the model reads one by one.
struct PieceList {
    var text: [UInt8]
    var pieces: [Piece]
    /// Position of the whole text in the model's input.
    let place: TextPlace

    /// Makes one piece of the whole text; none of an empty one.
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

    /// Puts `prefix` before the pieces for which `needed` is true.
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
    /// Appends the parts of `piece`, none of them empty, in order. Reads no byte outside the piece.
    func cut(_ piece: Piece, of text: UnsafePointer<UInt8>, into pieces: inout [Piece])
}
