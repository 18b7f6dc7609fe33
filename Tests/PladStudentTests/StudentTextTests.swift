import Foundation
import PladRecords
import PladStudent
import PladTestSupport
import PladTokenizer
import Testing

/// The student as a program outside plad uses it: texts in, texts out.
struct StudentTextTests {
    private let greedy = SamplingParameters(temperature: 0, maxTokens: 6)

    private func student() throws -> Student { try Student(folder: GoldenStudents.folder("llama-gqa-tied"), threads: 1) }

    @Test func aTextIsContinuedAsItsTokensAre() throws {
        let student = try student()
        let ids = student.tokenizer.encode("the old house", addSpecialTokens: true)
        let request = DecodeRequest(prompt: ids, parameters: greedy, streams: [SeededGenerator(seed: 0, "greedy")])
        let expected = try student.sample([request], slots: 1)[0][0]
        let completion = try student.completions(of: "the old house", greedy)
        #expect(completion == [Completion(text: expected.text, finishReason: expected.finishReason)])
    }

    @Test func theSameSeedDrawsTheSameSamplesAndAnotherSeedOthers() throws {
        let student = try student()
        let parameters = SamplingParameters(temperature: 1, maxTokens: 12)
        let first = try student.completions(of: "we like", parameters, count: 3, seed: 1)
        #expect(first.count == 3 && Set(first).count > 1)
        #expect(try student.completions(of: "we like", parameters, count: 3, seed: 1) == first)
        #expect(try student.completions(of: "we like", parameters, count: 3, seed: 2) != first)
    }

    @Test func aConversationGoesThroughTheChatTemplate() throws {
        let demo = GoldenStudents.fixtures.appendingPathComponent("../../Prompts/demo/models/teacher").standardizedFileURL
        let student = try Student(folder: demo, threads: 1)
        let messages = [Message(role: "user", content: "the old house")]
        let template = try #require(student.tokenizer.chatTemplate)
        let text = try template.render(messages: messages, addGenerationPrompt: true)
        let ids = student.tokenizer.encode(text, addSpecialTokens: false)
        let request = DecodeRequest(prompt: ids, parameters: greedy, streams: [SeededGenerator(seed: 0, "greedy")])
        #expect(try student.completions(of: messages, greedy)[0].text == student.sample([request], slots: 1)[0][0].text)
    }

    @Test func logProbabilityIsTheSumOverTheCompletionAndItsEnd() throws {
        let student = try student()
        let tree = PromptTree(
            prompt: student.tokenizer.encode("come and", addSpecialTokens: true),
            continuations: [student.tokenizer.encodeContinuation(" see") + [student.endOfSequence[0]]])
        let expected = try student.logProbabilities(of: [tree])[0][0].reduce(0) { $0 + Double($1) }
        #expect(try student.logProbability(of: " see", after: "come and") == expected)
        #expect(expected < 0)
    }
}
