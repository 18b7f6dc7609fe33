import Foundation
import PladRecords
import PladTokenizer
import Testing

/// Merging by windows and queues gives what the definition gives: join the pair of the lowest rank, the leftmost of
/// those, until no rule applies.
struct TokenizerMergeTests {
    /// A made-up byte-pair model over a few letters, whose rules come in any order.
    private struct Rules {
        var pairs: [[String]] = []
        var tokens: [String]

        init(tokens: [String], pairs: [[String]]) {
            self.pairs = pairs
            self.tokens = tokens
            for pair in pairs where !self.tokens.contains(pair.joined()) { self.tokens.append(pair.joined()) }
        }

        init(letters: Int, count: Int, longest: Int, _ generator: inout SeededGenerator) {
            tokens = "abcdefgh".prefix(letters).map(String.init)
            for _ in 0..<count {
                let pair = [tokens.randomElement(using: &generator)!, tokens.randomElement(using: &generator)!]
                guard pair.joined().count <= longest, !pairs.contains(pair) else { continue }
                pairs.append(pair)
                if !tokens.contains(pair.joined()) { tokens.append(pair.joined()) }
            }
            if Bool.random(using: &generator) { pairs.shuffle(using: &generator) }
        }

        func tokenizer() throws -> Tokenizer {
            let vocabulary = Dictionary(uniqueKeysWithValues: tokens.enumerated().map { ($1, JSONValue.int(Int64($0))) })
            let merges = pairs.map { JSONValue.array($0.map(JSONValue.string)) }
            let model: JSONValue = ["type": "BPE", "vocab": .object(vocabulary), "merges": .array(merges)]
            return try Tokenizer(TokenizerFiles(folder: "made-up", tokenizer: Data(JSONValue.object(["model": model]).canonical.utf8)))
        }

        /// The definition, step by step.
        func merged(_ text: String) -> [String] {
            let ranks = Dictionary(uniqueKeysWithValues: pairs.enumerated().map { ($1, $0) })
            var symbols = text.map(String.init)
            while true {
                let pending = zip(symbols, symbols.dropFirst()).enumerated().compactMap { place, pair in
                    ranks[[pair.0, pair.1]].map { (rank: $0, place: place) }
                }
                guard let next = pending.min(by: { ($0.rank, $0.place) < ($1.rank, $1.place) }) else { return symbols }
                symbols[next.place] += symbols.remove(at: next.place + 1)
            }
        }
    }

    @Test func longWordsAreMergedAsTheDefinitionSays() throws {
        var generator = SeededGenerator(seed: 1, "merges")
        for round in 0..<60 {
            let letters = 1 + round % 4
            let rules = Rules(letters: letters, count: 4 + round, longest: 4 + round % 20, &generator)
            let tokenizer = try rules.tokenizer()
            for length in [1, 2, 16, 17, 255, 256, 257, 600] {
                let text = (0..<length).map { _ in rules.tokens[Int.random(in: 0..<letters, using: &generator)] }.joined()
                let tokens = tokenizer.encode(text, addSpecialTokens: false).compactMap(tokenizer.token)
                #expect(tokens == rules.merged(text), "\(rules.pairs) on \(text)")
            }
        }
    }

    @Test func tokensLongerThanAWindowAreFound() throws {
        let halves = (0..<10).map { String(repeating: "a", count: 1 << $0) }
        let tokenizer = try Rules(tokens: ["a"], pairs: halves.map { [$0, $0] }).tokenizer()
        let ids = tokenizer.encode(String(repeating: "a", count: 2047), addSpecialTokens: false)
        #expect(ids == [10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0])
    }

    /// Of each two neighbouring pairs the right one is joined first: whether a word has an even or an odd number of
    /// letters decides its first token.
    @Test func effectsThatReachBackThroughAWholeWindowAreSeen() throws {
        let letters = (0..<601).map { String(Unicode.Scalar(0x4E00 + $0)!) }
        let rules = Rules(tokens: letters, pairs: zip(letters, letters.dropFirst()).map { [$0, $1] }.reversed())
        let tokenizer = try rules.tokenizer()
        for length in [256, 257, 600, 601] {
            let text = letters.prefix(length).joined()
            let tokens = tokenizer.encode(text, addSpecialTokens: false).compactMap(tokenizer.token)
            #expect(tokens == rules.merged(text))
            #expect(tokens.first?.unicodeScalars.count == (length % 2 == 0 ? 2 : 1))
        }
    }
}
