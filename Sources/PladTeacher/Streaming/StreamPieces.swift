/// The pieces of text that a stream brings for one answer, where they carry no numbers.
///
/// Each is to be what is new. Some servers send the text so far in each, or all of it once more at the end: then the text is taken
/// once. Pieces may be as small as a character and repeat each other, and endpoints count tokens in their own ways, so that
/// neither alone means that something came twice.
struct StreamPieces {
    private var pieces: [String] = []

    mutating func append(_ piece: String) {
        if !piece.isEmpty { pieces.append(piece) }
    }

    /// The text that they make.
    var text: String {
        if isCumulative { return pieces.last ?? "" }
        if let whole = pieces.last, isWhole(whole) { return whole }
        return pieces.joined()
    }

    /// True if each piece holds those before it: the last one then is the text.
    private var isCumulative: Bool {
        var growths = 0
        for (piece, next) in zip(pieces, pieces.dropFirst()) {
            guard next.utf8.starts(with: piece.utf8) else { return false }
            if next.utf8.count > piece.utf8.count { growths += 1 }
        }
        return growths >= 2 || (growths == 1 && isLong(pieces.last ?? ""))
    }

    /// True if the last piece is the text of all others once more.
    private func isWhole(_ last: String) -> Bool {
        let others = pieces.dropLast()
        guard !others.isEmpty, others.reduce(0, { $0 + $1.utf8.count }) == last.utf8.count else { return false }
        return (others.count > 2 || isLong(last)) && last.utf8.elementsEqual(others.joined().utf8)
    }

    /// True if a piece is more than a token: several words.
    private func isLong(_ piece: String) -> Bool {
        piece.split(whereSeparator: \.isWhitespace).count > 1 || piece.unicodeScalars.count(where: \.properties.isAlphabetic) > 16
    }

    /// Throws where a piece comes right after itself and the endpoint counts fewer tokens than there are pieces, or where every one
    /// does and there are so many that no text of its own is like that. Single characters prove nothing: a text like "1100" may
    /// come in them; nor does a text of one piece over and over, like "--------".
    ///
    /// - Parameters:
    ///   - tokens: those of the completion, as the endpoint counts them; nil where it does not. One is what a stream's first event
    ///     says, or its last of itself, and tells nothing.
    ///   - thoughts: how many pieces of more than a character the thinking came in.
    func check(tokens: Int?, beside thoughts: Int = 0) throws(StreamError) {
        let pairs = zip(pieces, pieces.dropFirst())
        guard Set(pieces).count > 1, pairs.contains(where: { $0 == $1 && $0.count > 1 }) else { return }
        if let tokens, tokens > 1 {
            guard pieces.count + thoughts > tokens else { return }
        } else {
            let isDoubled = stride(from: 0, to: pieces.count - 1, by: 2).allSatisfy { pieces[$0] == pieces[$0 + 1] }
            guard pieces.count >= 8, pieces.count.isMultiple(of: 2), isDoubled else { return }
        }
        throw .broken("brings a piece twice")
    }
}

/// Thinking that a stream brings in pieces.
struct ThoughtPieces {
    private(set) var text = ""
    /// The number of pieces of more than a character.
    private(set) var count = 0

    mutating func append(_ piece: String) {
        text += piece
        if piece.utf8.count > 1 { count += 1 }
    }
}
