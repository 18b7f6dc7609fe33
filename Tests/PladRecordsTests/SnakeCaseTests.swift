import Foundation
import PladRecords
import Testing

/// Keys of records: one spelling is written, both are read.
@Suite struct SnakeCaseTests {
    @Test(arguments: [
        ("id", "id"), ("finishReason", "finish_reason"), ("promptIDs", "prompt_ids"), ("rougeL", "rouge_l"), ("rougeLsum", "rouge_lsum"),
        ("rougeLSpread", "rouge_l_spread"), ("rouge1", "rouge1"), ("chrF", "chrf"), ("chrFSpread", "chrf_spread"),
        ("kendallOfSum", "kendall_of_sum"), ("logProbabilityPerToken", "log_probability_per_token"),
    ])
    func aPropertyAndItsKeyNameEachOther(property: String, key: String) {
        #expect(SnakeCase.key(property) == key)
        #expect(SnakeCase.property(key) == property)
        #expect(SnakeCase.property(property) == property && SnakeCase.key(key) == key)
    }

    @Test func aRecordIsWrittenInSnakeCaseAndReadInBoth() throws {
        let answer = TeacherCompletion(
            id: "a", split: .train, sample: 0, text: "t", finishReason: .length, usage: Usage(promptTokens: 3, completionTokens: 2))
        let line = """
            {"finish_reason":"length","id":"a","sample":0,"split":"train","text":"t","usage":{"completion_tokens":2,"prompt_tokens":3}}
            """
        #expect(try String(decoding: answer.jsonLine(), as: UTF8.self) == line)
        let older = line.replacing("finish_reason", with: "finishReason").replacing("n_tokens", with: "nTokens").replacing(
            "t_tokens", with: "tTokens")
        #expect(try JSONLines.parse(TeacherCompletion.self, Data("\(line)\n\(older)\n".utf8), name: "x") == [answer, answer])
    }

    /// Names that somebody else gives, a model's or a header's, are no properties.
    @Test func keysOfDictionariesAndDocumentsStayAsTheyAre() throws {
        struct Counts: Codable, Equatable {
            var byModel: [String: Int]
            var document: JSONValue
        }
        let counts = Counts(byModel: ["gptX_y": 1], document: ["someKey": ["other_key": 2]])
        let line = try counts.jsonLine()
        #expect(String(decoding: line, as: UTF8.self) == "{\"by_model\":{\"gptX_y\":1},\"document\":{\"someKey\":{\"other_key\":2}}}")
        #expect(try JSONLines.parse(Counts.self, line, name: "x") == [counts])
    }

    @Test func anErrorNamesTheKeyAsTheFileSpellsIt() {
        let line = Data("{\"id\":\"a\",\"split\":\"train\",\"sample\":0,\"text\":\"t\"}".utf8)
        let error = #expect(throws: RecordError.self) { try JSONLines.parse(TeacherCompletion.self, line, name: "f") }
        #expect(error?.message == "f:1: lacks \"finish_reason\"; correct or remove the line")
    }
}
