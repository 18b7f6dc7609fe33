/// The pieces of text that a stream brings for one answer, where they carry no numbers.
///
/// Each is to be what is new. Some servers send the text so far in each, or all of it once more at the end, perhaps without the spaces
/// around it or without its thinking: then the text is taken once. Pieces may be as small as a character and repeat each other, and
/// endpoints count tokens in their own ways, so that neither alone means that something came twice. What can be both, a text that comes
/// twice and one that says a thing twice, is refused.
struct StreamPieces {
    private var pieces: [String] = []
    /// True if the last piece came with the reason for the end: there servers repeat the whole text.
    private var lastEnds = false

    /// - Parameter ends: whether the event that brought the piece ends the answer.
    mutating func append(_ piece: String, ends: Bool = false) {
        guard !piece.isEmpty else { return }
        pieces.append(piece)
        lastEnds = ends
    }

    /// The text that the pieces make.
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
        if growths == 1, isLong(last) { return pieces.count > 2 || lastEnds ? .growing : .unclear }
        let others = pieces.dropLast()
        guard others.count > 2 || isLong(last), repeats(others.joined(), last) else { return .parts }
        return others.count > 1 || lastEnds ? .wholeAtEnd : .unclear
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
        guard !piece.isEmpty else { return false }
        return trimmed(others) == piece || trimmed(ThinkBlock.split(others, afterOpening: false).text) == piece
    }

    /// True if a piece is more than a token: several words.
    private func isLong(_ piece: String) -> Bool {
        piece.split(whereSeparator: \.isWhitespace).count > 1 || piece.unicodeScalars.count(where: \.properties.isAlphabetic) > 16
    }

    /// Throws where nothing tells whether a text came twice or says a thing twice, where a piece comes right after itself and the endpoint counts fewer tokens than there are pieces, or where every one
    /// does and there are so many that no text of its own is like that. Single characters prove nothing: a text like "1100" may
    /// come in them; nor does a text of one piece over and over, like "--------".
    ///
    /// - Parameters:
    ///   - tokens: those of the completion, as the endpoint counts them; nil where it does not. One is what a stream's first event
    ///     says, or its last of itself, and tells nothing.
    ///   - thoughts: how many pieces of more than a character the thinking came in.
    func check(tokens: Int?, beside thoughts: Int = 0) throws(StreamError) {
        if form == .unclear { throw .broken("brings a text twice, and nothing tells whether the answer says it twice") }
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
