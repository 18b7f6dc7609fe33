import Foundation
import PladRecords
import PladStudent
import PladTraining
import Testing

/// Which tokens of a distribution are kept, against transformers and against the slow way.
@Suite struct TruncationTests {
    @Test(arguments: WhiteBoxCases.all.truncations) func keptTokensEqualThoseOfTransformers(_ reference: WhiteBoxCases.Truncated) throws {
        let student = try Fixture(reference.model).student(threads: 2)
        let found = try student.distributions(of: reference.texts, Truncation(topP: reference.topP, topK: reference.topK))
        #expect(found.count == reference.ids.count)
        for position in 0..<found.count {
            let entries = found.entries(at: position)
            let (ids, expected) = (Array(found.ids[entries]), reference.logProbabilities[position])
            let known = Dictionary(uniqueKeysWithValues: zip(reference.ids[position], expected))
            #expect(Set(ids) == Set(reference.ids[position]) && ids.count == expected.count, "position \(position)")
            // Tokens so near to each other that float32 puts them in another order may change places.
            #expect(zip(ids, expected).allSatisfy { abs(known[$0]! - $1) < 2e-6 }, "position \(position)")
            #expect(zip(found.logProbabilities[entries], expected).allSatisfy { abs($0 - $1) < 1e-5 }, "position \(position)")
            #expect(abs(found.restMasses[position] - reference.rest[position]) < 1e-5)
        }
    }

    /// Every token's log-probability by itself, all sorted, and cut from the front.
    @Test(arguments: [Truncation(topP: 0.9, topK: 20), Truncation(topP: 1, topK: 10_000), Truncation(topP: 0.3, topK: 1)])
    func keptTokensEqualTheSlowWay(truncation: Truncation) throws {
        let student = try Fixture("llama-gqa-tied").student()
        let text = WhiteBoxCases.all.steps[0].texts[1]
        let found = try student.distributions(of: [text], truncation)
        let size = student.configuration.vocabularySize
        for position in 0..<text.count - 1 {
            let tree = PromptTree(prompt: Array(text[...position]), continuations: (0..<size).map { [TokenID($0)] })
            let all = try student.logProbabilities(of: [tree])[0].map { $0[0] }
            var (kept, mass): ([Int], Double) = ([], 0)
            for id in all.indices.sorted(by: { (all[$0], $1) > (all[$1], $0) }) where kept.count < truncation.topK {
                guard truncation.topP == 1 || mass < truncation.topP else { break }
                kept.append(id)
                mass += exp(Double(all[id]))
            }
            let entries = found.entries(at: position)
            let ids = found.ids[entries].map(Int.init)
            // Tokens so near to each other that float32 puts them in another order may change places.
            #expect(ids.count == kept.count && Set(ids).count == ids.count, "position \(position)")
            #expect(zip(ids, kept).allSatisfy { abs(all[$0] - all[$1]) < 2e-6 }, "position \(position)")
            #expect(zip(found.logProbabilities[entries], kept).allSatisfy { abs($0 - all[$1]) < 1e-5 })
            #expect(abs(Double(found.restMasses[position]) - max(0, 1 - mass)) < 1e-5)
        }
    }

    /// To the bit: neither the texts beside it nor the threads change a position's numbers.
    @Test func aTextsDistributionsAreItsOwn() throws {
        let texts = WhiteBoxCases.all.steps[0].texts
        let truncation = Truncation(topP: 0.95, topK: 30)
        let together = try Fixture("llama-gqa-tied").student(threads: 3).distributions(of: texts, truncation)
        let student = try Fixture("llama-gqa-tied").student()
        let alone = try texts.reduce(into: TokenDistributions()) { $0 += try student.distributions(of: [$1], truncation) }
        #expect(together == alone)
    }

    @Test func textsThatDoNotFitAreRefused() throws {
        let student = try Fixture("llama-gqa-tied").student()
        for text in [[5], [], [5, 100_000], [TokenID](repeating: 5, count: 1000)] as [[TokenID]] {
            #expect(throws: StudentError.self) { try student.distributions(of: [text], Truncation()) }
        }
        #expect(try student.distributions(of: [], Truncation()).count == 0)
    }
}
