import Foundation
import PladRecords
import PladStudent
import PladTokenizer
import Testing

/// Eight bits a weight on a trained model: the demo's teacher.
@Suite struct Int8DecodingTests {
    @Test func theLikeliestTokenStaysOnNearlyAllSteps() throws {
        let demo = Golden.fixtures.deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Prompts/demo")
        let student = try Student(folder: demo.appendingPathComponent("models/teacher"), threads: 2)
        let lines = try String(contentsOf: demo.appendingPathComponent("valid.jsonl"), encoding: .utf8).split(separator: "\n").prefix(40)
        let prompts = try lines.map { line in
            let text = try #require(try JSONValue(parsing: Data(line.utf8))["prompt"]?.string)
            let template = try #require(student.tokenizer.chatTemplate).render(
                messages: [Message(role: "user", content: text)], addGenerationPrompt: true)
            return student.tokenizer.encode(template, addSpecialTokens: false)
        }
        func draw(_ prompts: [[TokenID]], _ tokens: Int, _ weights: DecodeWeights, temperature: Double) throws -> [Sample] {
            let requests = prompts.enumerated().map {
                DecodeRequest(
                    prompt: $1, parameters: SamplingParameters(temperature: temperature, maxTokens: tokens),
                    streams: [SeededGenerator(seed: UInt64($0))])
            }
            return try student.sample(requests, slots: 32, weights: weights).map { $0[0] }
        }
        // After every beginning of answers drawn at a high temperature, so that the model is not always sure. A prompt is computed
        // with the whole weights: the first token after it tells nothing, the second comes from a decode step.
        let answers = try draw(prompts, 32, .float32, temperature: 1.5)
        let steps = zip(prompts, answers).flatMap { prompt, answer in answer.ids.indices.map { prompt + answer.ids[..<$0] } }
        let (exact, rounded) = (try draw(steps, 2, .float32, temperature: 0), try draw(steps, 2, .int8, temperature: 0))
        let pairs = zip(exact, rounded).filter { $0.0.ids.count == 2 }
        let equal = pairs.count { $0.0.ids == $0.1.ids }
        print("int8: the likeliest token is the same on \(equal) of \(pairs.count) steps")
        #expect(Double(equal) >= 0.99 * Double(pairs.count))
        #expect(pairs.count > 800)
        let moved = pairs.count { $0.0.logProbability != $0.1.logProbability }
        #expect(2 * moved > pairs.count, "the weights were rounded")
    }
}
