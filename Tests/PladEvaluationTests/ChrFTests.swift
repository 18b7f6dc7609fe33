import Foundation
import PladEvaluation
import Testing

@Suite struct ChrFTests {
    private struct Pair: Decodable {
        let reference: String
        let candidate: String
        let score: Double
    }

    private struct Corpus: Decodable {
        let first: Int
        let end: Int
        let score: Double
    }

    private static func pairs() throws -> [Pair] {
        try Fixtures.lines("chrf/pairs.jsonl").dropFirst().map { try JSONDecoder().decode(Pair.self, from: $0) }
    }

    @Test func everyPairScoresAsSacrebleuScoresIt() throws {
        let pairs = try Self.pairs()
        #expect(pairs.count > 1000)
        for pair in pairs {
            let score = ChrF(reference: pair.reference, candidate: pair.candidate).score
            // Sums of at most six quotients of whole numbers; 1e-12 leaves room for the order of operations alone.
            #expect(abs(100 * score - pair.score) < 1e-10, "\(pair.reference) | \(pair.candidate)")
        }
    }

    @Test func everyCorpusScoresAsSacrebleuScoresIt() throws {
        let pairs = try Self.pairs().map { ChrF(reference: $0.reference, candidate: $0.candidate) }
        let corpora = try Fixtures.lines("chrf/corpora.jsonl").dropFirst().map { try JSONDecoder().decode(Corpus.self, from: $0) }
        #expect(corpora.count > 100)
        for corpus in corpora {
            let part = Array(pairs[corpus.first..<corpus.end])
            #expect(abs(100 * ChrF(part, times: part.map { _ in 1 }).score - corpus.score) < 1e-10, "\(corpus)")
        }
    }

    @Test func aPairCountedTwiceIsThePairAndItsCopy() throws {
        let pairs = try Self.pairs().dropFirst(300).prefix(3).map { ChrF(reference: $0.reference, candidate: $0.candidate) }
        let twice = ChrF(pairs + [pairs[1]], times: [1, 1, 1, 1])
        #expect(ChrF(pairs, times: [1, 2, 1]) == twice && ChrF(pairs, times: [1, 1, 1]) != twice)
    }
}
