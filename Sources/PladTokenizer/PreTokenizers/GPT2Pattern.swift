/// GPT-2's pattern: `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`.
struct GPT2Pattern: PiecePattern {
    static let source = #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#

    @inline(__always)
    func end(from start: Int, in reader: ClassReader) -> Int {
        let byte = reader.text[start]
        if byte == UInt8(ascii: "'") {
            let end = Contraction.end(from: start, in: reader, ignoringCase: false)
            if end > start { return end }
        }
        let body = byte == 0x20 && start + 1 < reader.end ? start + 1 : start
        let (classes, next) = reader.read(body)
        if classes.isLetter { return reader.end(from: next) { $0.isLetter } }
        if classes.isSpace { return reader.endOfSpaces(from: start) }
        if classes.isNumber { return reader.end(from: next) { $0.isNumber } }
        return reader.end(from: next) { $0.isOther }
    }
}
