/// Splits numbers off the other text, as a whole or digit by digit.
struct DigitsCutter: PieceCutter {
    let individually: Bool

    static func preTokenizer(_ section: Section) throws -> any PreTokenizer {
        try section.only("individual_digits")
        return CuttingPreTokenizer(cutter: DigitsCutter(individually: try section.bool("individual_digits", default: false)))
    }

    func cut(_ piece: Piece, of text: UnsafePointer<UInt8>, into pieces: inout [Piece]) {
        let reader = ClassReader(text, end: piece.end)
        var start = piece.start
        var startIsNumber = false
        var position = piece.start
        while position < piece.end {
            let (classes, next) = reader.read(position)
            let isNumber = classes.contains(.numeric)
            if position > start, isNumber != startIsNumber || (isNumber && individually) {
                pieces.append(Piece(start: start, end: position))
                start = position
            }
            startIsNumber = isNumber
            position = next
        }
        pieces.append(Piece(start: start, end: piece.end))
    }
}
