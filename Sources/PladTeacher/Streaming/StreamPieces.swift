/// The pieces of a completion's text in a stream without numbers.
///
/// Each piece should be new text. Some servers send the whole text so far in each, or all of it once more at the end, perhaps without the
/// spaces around it or its thinking: it is then taken once. Pieces may be as small as a character and repeat each other, and endpoints
/// count tokens in different ways, so neither alone proves a duplicate. A stream that may be either, a duplicate or a text that repeats
/// itself, is refused.
struct StreamPieces {
    private var pieces: [String] = []

    mutating func append(_ piece: String) {
        if !piece.isEmpty { pieces.append(piece) }
    }

    /// Text of the pieces.
    var text: String {
        switch form {
        case .parts, .unclear: pieces.joined()
        case .growing: pieces.last ?? ""
        case .wholeAtEnd: pieces.dropLast().joined()
        }
    }

    /// How the pieces make a text.
    private enum Form {
        /// Each is a part of it.
        case parts
        /// Each holds those before it: the last one is the text.
        case growing
        /// The last one is the text of all others once more.
        case wholeAtEnd
        /// Nothing tells.
        case unclear
    }

    private var form: Form {
        guard pieces.count > 1, let last = pieces.last else { return .parts }
        let growths = growths
        if let growths, growths >= 2 { return .growing }
        if growths == 1, isLong(last) { return pieces.count > 2 ? .growing : .unclear }
        let others = pieces.dropLast()
        guard others.count > 2 || isLong(last), repeats(others.joined(), last) else { return .parts }
        return others.count > 1 ? .wholeAtEnd : .unclear
    }

    /// The number of pieces that are longer than the one before, where each holds the one before it; nil where one does not.
    private var growths: Int? {
        var growths = 0
        for (piece, next) in zip(pieces, pieces.dropFirst()) {
            guard next.utf8.starts(with: piece.utf8) else { return nil }
            if next.utf8.count > piece.utf8.count { growths += 1 }
        }
        return growths
    }

    /// True if a piece says what the others say, the spaces around it and the thinking before it aside.
    private func repeats(_ others: String, _ last: String) -> Bool {
        if others.utf8.elementsEqual(last.utf8) { return true }
        func trimmed(_ text: String) -> String { Array(text.utf8)[...].trimmedText }
        let piece = trimmed(last)
        // A short text says a thing twice by chance.
        guard isLong(piece) else { return false }
        return trimmed(others) == piece || trimmed(ThinkBlock.split(others, afterOpening: false).text) == piece
    }

    /// True if a piece is more than a token: several words.
    private func isLong(_ piece: String) -> Bool {
        piece.split(whereSeparator: \.isWhitespace).count > 1 || piece.unicodeScalars.count(where: \.properties.isAlphabetic) > 16
    }

    /// Throws if nothing tells a duplicate from a text that repeats itself, if a piece directly repeats itself and the endpoint counts
    /// fewer tokens than there are pieces, or if every piece repeats itself and there are too many for a real text. Single characters
    /// prove nothing, since a text like "1100" may come in them; nor does one piece repeated throughout, like "--------".
    ///
    /// - Parameters:
    ///   - tokens: number of completion tokens by the endpoint; nil if it does not count them. 1 is ignored: some streams' first or
    ///     last event counts only itself.
    ///   - thoughts: number of pieces of thinking with more than a character.
    func check(tokens: Int?, beside thoughts: Int = 0) throws(StreamError) {
        if form == .unclear { throw .broken("brings a text twice, and nothing tells whether the completion says it twice") }
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
