/// SentencePiece's treatment of spaces: each becomes a visible symbol, which starts a new piece.
struct MetaspacePreTokenizer: PreTokenizer {
    let symbol: [UInt8]
    let prefix: MetaspacePrefix
    let splits: Bool

    init(_ section: Section) throws {
        try section.only("replacement", "add_prefix_space", "prepend_scheme", "split", "str_rep")
        symbol = try section.character("replacement")
        prefix = try MetaspacePrefix(section)
        splits = try section.bool("split", default: true)
    }

    func split(_ list: inout PieceList) {
        replaceSpaces(&list)
        let place = list.place
        if place != .continuation, prefix != .never {
            list.prefix(symbol) { piece, bytes in
                !bytes.starts(with: symbol) && (prefix == .always || place == .start && piece.start == 0)
            }
        }
        if splits { list.cut(with: SymbolCutter(symbol: symbol)) }
    }

    private func replaceSpaces(_ list: inout PieceList) {
        var output: [UInt8] = []
        output.reserveCapacity(list.text.count + list.text.count / 2)
        for (index, piece) in list.pieces.enumerated() {
            // A piece that did not start the text must not come to stand at 0.
            if index == 0, piece.start > 0 { output.append(0) }
            let start = output.count
            for byte in list.text[piece.start..<piece.end] {
                if byte == 0x20 { output.append(contentsOf: symbol) } else { output.append(byte) }
            }
            list.pieces[index] = Piece(start: start, end: output.count)
        }
        list.text = output
    }
}

/// The pieces that Metaspace puts its symbol before.
enum MetaspacePrefix: String {
    case always, first, never

    /// Reads `prepend_scheme`, or `add_prefix_space` of older files.
    init(_ section: Section) throws {
        let old = try section.bool("add_prefix_space", default: true)
        let text = try section.string("prepend_scheme", default: old ? "always" : "never")
        guard let scheme = MetaspacePrefix(rawValue: text) else {
            throw section.unknown("prepend_scheme", text, known: "always, first, never")
        }
        guard old || scheme == .never || section["add_prefix_space"] == nil else {
            throw section.failure("prepend_scheme", "is \"\(text)\" though add_prefix_space is false")
        }
        self = scheme
    }
}

/// Cuts before every occurrence of a symbol.
struct SymbolCutter: PieceCutter {
    let symbol: [UInt8]

    func cut(_ piece: Piece, of text: UnsafePointer<UInt8>, into pieces: inout [Piece]) {
        symbol.withUnsafeBufferPointer { symbol in
            var start = piece.start
            var position = piece.start + 1
            while position + symbol.count <= piece.end {
                if text[position] == symbol[0], (1..<symbol.count).allSatisfy({ text[position + $0] == symbol[$0] }) {
                    pieces.append(Piece(start: start, end: position))
                    start = position
                }
                position += 1
            }
            pieces.append(Piece(start: start, end: piece.end))
        }
    }
}
