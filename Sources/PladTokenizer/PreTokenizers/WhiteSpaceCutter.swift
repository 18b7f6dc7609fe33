/// Cuts at white space and drops it.
struct WhiteSpaceCutter: PieceCutter {
    func cut(_ piece: Piece, of text: UnsafePointer<UInt8>, into pieces: inout [Piece]) {
        let reader = ClassReader(text, end: piece.end)
        var start = piece.start
        var position = piece.start
        while position < piece.end {
            let (classes, next) = reader.read(position)
            if classes.contains(.space) {
                if position > start { pieces.append(Piece(start: start, end: position)) }
                start = next
            }
            position = next
        }
        if position > start { pieces.append(Piece(start: start, end: position)) }
    }
}
