import PladRecords

/// The unigram language model (Kudo 2018): of all ways to cut a piece into tokens, the one of the highest total
/// log-probability, found by Viterbi's algorithm.
final class UnigramModel: TokenModel {
    /// Penalty of an unknown character below the least likely token's log-probability, in nats (SentencePiece's `kUnkPenalty`).
    private static let unknownPenalty = 10.0

    let vocabulary: Vocabulary
    private let scores: [Double]
    private let trie: ByteTrie
    private let unknown: TokenID?
    /// Ids of the tokens `<0x00>` to `<0xFF>` for unknown characters; -1 for a missing one.
    private let bytes: [TokenID]?
    private let unknownScore: Double
    private let pool = ScratchPool { UnigramScratch() }

    /// Reads a model of type `Unigram`; `vocab` scans its entries from the file's bytes.
    init(_ section: Section, vocab: JSONScanner?) throws {
        try section.only("unk_id", "byte_fallback")
        guard var vocab else { throw section.failure("vocab", "is missing") }
        var spellings: [UInt8] = []
        var entries: [(place: Vocabulary.Place, id: TokenID)] = []
        var scores: [Double] = []
        try vocab.array { scanner in
            var part = 0
            try scanner.array { scanner in
                switch part {
                case 0:
                    let start = spellings.count
                    try scanner.string(into: &spellings)
                    entries.append((Vocabulary.Place(start: UInt32(start), length: Int32(spellings.count - start)), TokenID(entries.count)))
                case 1: scores.append(try scanner.double())
                default: throw scanner.failure("a token has more than a spelling and a score")
                }
                part += 1
            }
            guard part == 2 else { throw scanner.failure("a token has no score") }
        }
        guard entries.count < Vocabulary.largestSize else { throw section.failure("vocab", "has \(entries.count) tokens") }
        vocabulary = try Vocabulary(spellings: spellings, entries: entries) { section.failure("vocab", "is ambiguous: \($0)") }
        unknown = section["unk_id"] == nil ? nil : try section.id("unk_id")
        guard unknown.map({ $0 < entries.count }) ?? true else {
            throw section.failure("unk_id", "is \(unknown ?? 0), but there are \(entries.count) tokens")
        }
        bytes = try section.bool("byte_fallback", default: false) ? ByteTokens.ids(in: vocabulary) : nil
        self.scores = scores
        unknownScore = (scores.min() ?? 0) - Self.unknownPenalty
        trie = ByteTrie(vocabulary)
    }

    func encode(_ list: PieceList, into ids: inout [TokenID]) {
        pool.borrow { scratch in
            list.text.withUnsafeBufferPointer { text in
                guard let base = text.baseAddress else { return }
                for piece in list.pieces { encode(base + piece.start, count: piece.end - piece.start, scratch, into: &ids) }
            }
        }
    }

    private func encode(_ text: UnsafePointer<UInt8>, count: Int, _ scratch: UnigramScratch, into ids: inout [TokenID]) {
        guard count <= WordCache.longest else { return search(text, count: count, scratch, into: &ids) }
        let key = WordCache.Key(text, count: count)
        if scratch.cache.appendIDs(of: key, to: &ids) { return }
        let start = ids.count
        search(text, count: count, scratch, into: &ids)
        scratch.cache.remember(ids[start...], for: key)
    }

    private func search(_ text: UnsafePointer<UInt8>, count: Int, _ scratch: UnigramScratch, into ids: inout [TokenID]) {
        scratch.best.removeAll(keepingCapacity: true)
        scratch.best.append(UnigramScratch.Best(score: 0, start: 0, id: -1))
        for _ in 0..<count { scratch.best.append(UnigramScratch.Best(score: 0, start: -1, id: -1)) }
        scratch.best.withUnsafeMutableBufferPointer { best in
            var start = 0
            while start < count {
                let end = min(start + UTF8Bytes.length(startingWith: text[start]), count)
                let scoreSoFar = best[start].score
                var coversCharacter = false
                func offer(_ id: TokenID, _ score: Double, endingAt end: Int) {
                    let total = score + scoreSoFar
                    if best[end].start < 0 || total > best[end].score {
                        best[end] = UnigramScratch.Best(score: total, start: Int32(start), id: id)
                    }
                }
                trie.tokens(startingAt: text + start, count: count - start) { id, length in
                    coversCharacter = coversCharacter || start + length == end
                    offer(id, scores[Int(id)], endingAt: start + length)
                }
                if !coversCharacter { offer(unknown ?? -1, unknownScore, endingAt: end) }
                start = end
            }
        }
        appendPath(text, count: count, scratch, into: &ids)
    }

    /// Appends the tokens of the best path; adjacent unknown characters become one unknown token, or the tokens of their bytes.
    private func appendPath(_ text: UnsafePointer<UInt8>, count: Int, _ scratch: UnigramScratch, into ids: inout [TokenID]) {
        let firstID = ids.count
        var end = count
        while end > 0 {
            let node = scratch.best[end]
            var start = Int(node.start)
            if node.id != unknown ?? -1 {
                ids.append(node.id)
            } else {
                while start > 0, scratch.best[start].id == node.id { start = Int(scratch.best[start].start) }
                appendUnknown(UnsafeBufferPointer(start: text + start, count: end - start), to: &ids)
            }
            end = start
        }
        ids[firstID...].reverse()
    }

    /// Appends an unknown stretch in reverse, as the path is traced. The joined characters may spell a token after all.
    private func appendUnknown(_ stretch: UnsafeBufferPointer<UInt8>, to ids: inout [TokenID]) {
        let token = vocabulary.find(stretch.baseAddress!, count: stretch.count)
        if token >= 0 {
            ids.append(token)
        } else if let bytes, stretch.allSatisfy({ bytes[Int($0)] >= 0 }) {
            ids.append(contentsOf: stretch.reversed().map { bytes[Int($0)] })
        } else if let unknown {
            ids.append(unknown)
        }
    }
}

/// The working memory of one unigram encoder.
final class UnigramScratch {
    /// The best way to reach a position.
    struct Best {
        var score: Double
        /// Start of the path's last token; -1 while the position is not reached.
        var start: Int32
        var id: TokenID
    }

    let cache = WordCache()
    var best: [Best] = []
}
