import PladRecords

/// Byte-pair encoding (Sennrich, Haddow and Birch 2016): a piece starts as single characters or bytes, and the
/// neighbours whose merge rule ranks first are joined until no rule applies.
final class BytePairModel: TokenModel {
    let vocabulary: Vocabulary
    private let merges: MergeTable
    /// True if a piece that is itself a token is encoded as that token, without merging (`ignore_merges`).
    private let takesWholeTokens: Bool
    private let alphabet: BytePairAlphabet
    /// True if cutting a piece before SentencePiece's space symbol changes no result.
    private let cutsBeforeSpaceSymbol: Bool
    private let pool = ScratchPool { BytePairScratch() }

    /// - Parameter rules: merge rules in the order of their rank.
    init(vocabulary: Vocabulary, rules: [MergeTable.Rule], alphabet: BytePairAlphabet, takesWholeTokens: Bool) {
        self.vocabulary = vocabulary
        self.alphabet = alphabet
        self.takesWholeTokens = takesWholeTokens
        merges = MergeTable(rules)
        cutsBeforeSpaceSymbol =
            !takesWholeTokens && alphabet.knowsSpaceSymbol
            && !rules.contains { rule in
                guard let left = vocabulary.spelling(of: rule.left), let right = vocabulary.spelling(of: rule.right) else { return true }
                return right.starts(with: SpaceSymbol.utf8) && !left.suffix(3).elementsEqual(SpaceSymbol.utf8)
            }
    }

    func encode(_ list: PieceList, into ids: inout [TokenID]) {
        pool.borrow { scratch in
            list.text.withUnsafeBufferPointer { text in
                guard let base = text.baseAddress else { return }
                for piece in list.pieces {
                    if cutsBeforeSpaceSymbol {
                        encodeWords(base, piece, scratch, into: &ids)
                    } else {
                        encode(base + piece.start, count: piece.end - piece.start, scratch, into: &ids)
                    }
                }
            }
        }
    }

    /// Encodes a piece word by word: since no rule joins a space symbol to the text before it, each word has the same tokens as within
    /// the whole piece, and short words come from the cache.
    private func encodeWords(_ text: UnsafePointer<UInt8>, _ piece: Piece, _ scratch: BytePairScratch, into ids: inout [TokenID]) {
        var start = piece.start
        var afterSymbol = true
        var position = piece.start
        while position < piece.end {
            if SpaceSymbol.stands(at: position, in: text, end: piece.end) {
                if !afterSymbol {
                    encode(text + start, count: position - start, scratch, into: &ids)
                    start = position
                }
                afterSymbol = true
                position += SpaceSymbol.utf8.count
            } else {
                afterSymbol = false
                position += 1
            }
        }
        encode(text + start, count: piece.end - start, scratch, into: &ids)
    }

    @inline(__always)
    private func encode(_ text: UnsafePointer<UInt8>, count: Int, _ scratch: BytePairScratch, into ids: inout [TokenID]) {
        guard count <= WordCache.longest, count > 0 else { return merge(text, count: count, scratch, into: &ids) }
        let key = WordCache.Key(text, count: count)
        if scratch.cache.appendIDs(of: key, to: &ids) { return }
        let start = ids.count
        merge(text, count: count, scratch, into: &ids)
        scratch.cache.remember(ids[start...], for: key)
    }

    @inline(never)
    private func merge(_ text: UnsafePointer<UInt8>, count: Int, _ scratch: BytePairScratch, into ids: inout [TokenID]) {
        if takesWholeTokens {
            let id = alphabet.find(text, count: count, in: vocabulary)
            if id >= 0 { return ids.append(id) }
        }
        scratch.reserve(count)
        let symbols = alphabet.symbols(of: text, count: count, vocabulary, into: scratch.symbols)
        scratch.merge(count: symbols, by: merges, into: &ids)
    }
}

/// U+2581, which SentencePiece writes for a space.
enum SpaceSymbol {
    static let utf8: [UInt8] = [0xE2, 0x96, 0x81]

    @inline(__always)
    static func stands(at position: Int, in text: UnsafePointer<UInt8>, end: Int) -> Bool {
        text[position] == 0xE2 && position + 2 < end && text[position + 1] == 0x96 && text[position + 2] == 0x81
    }
}
