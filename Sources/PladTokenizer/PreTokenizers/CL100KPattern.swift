/// The pattern of Llama 3 and Qwen 2, after OpenAI's cl100k:
/// `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`.
struct CL100KPattern: PiecePattern {
    /// Largest number of digits in a piece: 3 for Llama 3, 1 for Qwen 2.
    let digits: Int

    static func source(numbers: String) -> String {
        #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|"# + numbers
            + #"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#
    }

    @inline(__always)
    func end(from start: Int, in reader: ClassReader) -> Int {
        let byte = reader.text[start]
        if byte == UInt8(ascii: "'") {
            let end = Contraction.end(from: start, in: reader, ignoringCase: true)
            if end > start { return end }
        }
        let (classes, next) = reader.read(start)
        if classes.isLetter { return reader.end(from: next) { $0.isLetter } }
        if classes.isNumber { return endOfNumber(from: next, in: reader) }
        let isLineEnd = byte == 0x0D || byte == 0x0A
        if !isLineEnd, next < reader.end {
            let (behind, afterBehind) = reader.read(next)
            if behind.isLetter { return reader.end(from: afterBehind) { $0.isLetter } }
            if byte == 0x20, behind.isOther { return endOfOther(from: afterBehind, in: reader) }
        }
        if !classes.isSpace { return endOfOther(from: next, in: reader) }
        return endOfSpaces(from: start, in: reader)
    }

    /// End of a match of `\p{N}{1,3}` whose first digit is consumed.
    @inline(__always)
    private func endOfNumber(from start: Int, in reader: ClassReader) -> Int {
        var position = start
        var count = 1
        while count < digits, position < reader.end {
            let (classes, next) = reader.read(position)
            guard classes.isNumber else { break }
            position = next
            count += 1
        }
        return position
    }

    /// End of a match of `[^\s\p{L}\p{N}]+[\r\n]*` whose first character is consumed.
    @inline(__always)
    private func endOfOther(from start: Int, in reader: ClassReader) -> Int {
        var position = reader.end(from: start) { $0.isOther }
        while position < reader.end, reader.text[position] == 0x0D || reader.text[position] == 0x0A { position += 1 }
        return position
    }

    /// End of `\s*[\r\n]+|\s+(?!\S)|\s+`: a run of white space matches up to its last line end, if it has one.
    private func endOfSpaces(from start: Int, in reader: ClassReader) -> Int {
        var position = start
        var afterLineEnd = start
        while position < reader.end {
            let byte = reader.text[position]
            let (classes, next) = reader.read(position)
            guard classes.isSpace else { break }
            position = next
            if byte == 0x0D || byte == 0x0A { afterLineEnd = next }
        }
        return afterLineEnd > start ? afterLineEnd : reader.endOfSpaces(from: start)
    }
}
