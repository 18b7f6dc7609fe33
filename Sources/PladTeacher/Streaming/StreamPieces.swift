/// The pieces of a completion's text in a stream without numbers.
///
/// Each piece should be new text. Some servers send the whole text so far in each, or all of it once more at the end: it is then taken
/// once. Pieces may be as small as a character and repeat each other, and endpoints count tokens in different ways, so neither alone
/// proves a duplicate.
struct StreamPieces {
    private var pieces: [String] = []

    mutating func append(_ piece: String) {
        if !piece.isEmpty { pieces.append(piece) }
    }

    /// Text of the pieces.
    var text: String {
        if isCumulative { return pieces.last ?? "" }
        if let whole = pieces.last, isWhole(whole) { return whole }
        return pieces.joined()
    }

    /// True if each piece contains those before it, so that the last one is the text.
    private var isCumulative: Bool {
        var growths = 0
        for (piece, next) in zip(pieces, pieces.dropFirst()) {
            guard next.utf8.starts(with: piece.utf8) else { return false }
            if next.utf8.count > piece.utf8.count { growths += 1 }
        }
        return growths >= 2 || (growths == 1 && isLong(pieces.last ?? ""))
    }

    /// True if the last piece repeats the text of all others.
    private func isWhole(_ last: String) -> Bool {
        let others = pieces.dropLast()
        guard !others.isEmpty, others.reduce(0, { $0 + $1.utf8.count }) == last.utf8.count else { return false }
        return (others.count > 2 || isLong(last)) && last.utf8.elementsEqual(others.joined().utf8)
    }

    /// True if a piece is more than a token: several words.
    private func isLong(_ piece: String) -> Bool {
        piece.split(whereSeparator: \.isWhitespace).count > 1 || piece.unicodeScalars.count(where: \.properties.isAlphabetic) > 16
    }

    /// Throws if a piece directly repeats itself and the endpoint counts fewer tokens than there are pieces, or if every piece repeats
    /// itself and there are too many for a real text. Single characters prove nothing, since a text like "1100" may come in them; nor
    /// does one piece repeated throughout, like "--------".
    ///
    /// - Parameters:
    ///   - tokens: number of completion tokens by the endpoint; nil if it does not count them. 1 is ignored: some streams' first or
    ///     last event counts only itself.
    ///   - thoughts: number of pieces of thinking with more than a character.
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

/// Pieces of thinking in a stream.
struct ThoughtPieces {
    private(set) var text = ""
    /// Number of pieces with more than a character.
    private(set) var count = 0

    mutating func append(_ piece: String) {
        text += piece
        if piece.utf8.count > 1 { count += 1 }
    }
}
