import Foundation
import PladRecords
import PladStudent
import Testing

/// Beam search against a search that computes every sequence anew.
@Suite struct BeamSearchTests {
    private struct Hypothesis: Equatable {
        var ids: [TokenID]
        var sum: Double
        var isWhole = false
        var score: Double { sum / Double(ids.count) }
    }

    private func prompts(_ model: String) throws -> [[TokenID]] { try Golden.load(model).greedy.prefix(2).map(\.promptIds) }

    /// The log-probabilities of every token after a prompt and what was drawn so far, one token at a time.
    private func next(_ student: Student, _ prompt: [TokenID], _ ids: [TokenID]) throws -> [Double] {
        let all = (0..<TokenID(student.configuration.vocabularySize)).map { ids + [$0] }
        return try student.logProbabilities(of: [PromptTree(prompt: prompt, continuations: all)])[0].map { Double($0.last!) }
    }

    private func naive(_ student: Student, _ prompt: [TokenID], width: Int, maxTokens: Int) throws -> Hypothesis {
        var running = [Hypothesis(ids: [], sum: 0)]
        var finished: [Hypothesis] = []
        for length in 1...maxTokens {
            var steps: [Hypothesis] = []
            for beam in running {
                steps += try next(student, prompt, beam.ids).enumerated().map {
                    Hypothesis(ids: beam.ids + [TokenID($0)], sum: beam.sum + $1)
                }
            }
            steps.sort { $0.sum > $1.sum }
            let ends = { student.endOfSequence.contains($0 as TokenID) }
            finished += steps.prefix(width).filter { ends($0.ids.last!) || length == maxTokens }
            finished = Array(finished.sorted { $0.score > $1.score }.prefix(width))
            running = Array(steps.prefix(2 * width).filter { !ends($0.ids.last!) }.prefix(width))
            if running.isEmpty || finished.count == width && finished[width - 1].score >= running[0].score { break }
        }
        return finished[0]
    }

    @Test(arguments: ["llama-gqa-tied", "gpt2", "t5-relu", "qwen3"], [1, 3, 4]) func itFindsWhatAPlainSearchFinds(model: String, width: Int)
        throws
    {
        let student = try Golden.student(model)
        let prompts = try prompts(model)
        let found = try BeamSearch(student: student, width: width, maxTokens: 6)(prompts)
        for (prompt, sample) in zip(prompts, found) {
            let expected = try naive(student, prompt, width: width, maxTokens: 6)
            #expect(sample.ids == expected.ids, "\(sample.logProbability), expected \(expected.sum)")
            #expect(abs(Double(sample.logProbability) - expected.sum) < 1e-3)
            let isWhole = student.endOfSequence.contains(sample.ids.last!)
            #expect(sample.finishReason == (isWhole ? .stop : .length))
        }
    }

    /// `generate(num_beams: …, max_new_tokens: 10)` of transformers 5.24.0, with another end of sequence where one is given.
    private static let references: [(model: String, end: TokenID?, prompt: Int, width: Int, ids: [TokenID])] = [
        ("llama-gqa-tied", nil, 0, 4, [534, 534, 534, 234, 91, 91, 91, 91, 32, 32]),
        ("llama-gqa-tied", nil, 0, 8, [90, 91, 91, 91, 32, 32, 32, 32, 32, 32]),
        ("llama-gqa-tied", 91, 0, 4, [534, 534, 534, 234, 234, 234, 234, 234, 445, 91]),
        ("llama-gqa-tied", 505, 1, 4, [542, 542, 542, 542, 542, 542, 542, 542, 542, 542]),
        ("llama-gqa-tied", 505, 1, 8, [542, 542, 542, 542, 542, 542, 548, 548, 548, 548]),
        ("gpt2", nil, 0, 4, [101, 586, 586, 586, 586, 586, 98, 98, 98, 98]), ("gpt2", 98, 0, 4, [101, 586, 586, 586, 586, 586, 98]),
        ("gpt2", 98, 0, 8, [586, 586, 586, 586, 586, 586, 98]), ("gpt2", 194, 1, 8, [585, 585, 585, 366, 366, 366, 366, 366, 366, 366]),
        ("t5-relu", nil, 0, 4, [264, 264, 264, 80, 80, 80, 80, 80, 80, 80]),
        ("t5-relu", nil, 1, 4, [276, 276, 276, 276, 520, 520, 520, 520, 520, 520]),
    ]

    @Test(arguments: references.indices) func itFindsWhatTransformersFinds(number: Int) throws {
        let (model, end, prompt, width, ids) = Self.references[number]
        let folder = try TemporaryFolder(of: model)
        if let end { try Data("{\"eos_token_id\": \(end)}".utf8).write(to: folder.file("generation_config.json")) }
        let student = try Student(folder: folder.url, threads: 2)
        let search = BeamSearch(student: student, width: width, maxTokens: 10)
        #expect(try search([Golden.load(model).greedy[prompt].promptIds])[0].ids == ids)
    }

    @Test func oneBeamIsTheGreedyCompletion() throws {
        let student = try Golden.student("llama-gqa-tied")
        let prompts = try prompts("llama-gqa-tied")
        let parameters = SamplingParameters(temperature: 0, maxTokens: 12)
        let requests = prompts.map { DecodeRequest(prompt: $0, parameters: parameters, streams: [SeededGenerator(seed: 0, "greedy")]) }
        let greedy = try student.sample(requests, slots: 4).map { $0[0].ids }
        #expect(try BeamSearch(student: student, width: 1, maxTokens: 12)(prompts).map(\.ids) == greedy)
    }

    @Test func aPromptThatFillsTheContextIsRefused() throws {
        let student = try Golden.student("llama-gqa-tied")
        let search = BeamSearch(student: student, width: 2, maxTokens: 4)
        for prompt in [
            [], [TokenID](repeating: 1, count: student.configuration.contextLength), [TokenID(student.configuration.vocabularySize)],
        ] {
            #expect(throws: StudentError.self) { try search([prompt]) }
        }
    }
}
