import Foundation
import PladHTTP
import PladRecords
import PladTeacher
import PladTestSupport
import Testing

@Suite struct OpenAIChatDialectTests {
    private let dialect = OpenAIChatDialect(model: "m")

    private func read(_ body: String, status: Int = 200) -> Reading { dialect.read(status: status, body: Data(body.utf8)) }

    private func completion(_ message: String, finish: String = "\"stop\"") throws -> Completion {
        let reading = read("{\"model\":\"m-2\",\"choices\":[{\"message\":\(message),\"finish_reason\":\(finish)}]}")
        guard case .completion(let completion) = reading else { throw TeacherError(.exhausted, "\(reading)") }
        return completion
    }

    @Test func bodyHoldsWhatIsAskedAndNothingElse() {
        let plain = dialect.body(asking: question, SamplingParameters(temperature: 0.5, maxTokens: 9), sample: 3)
        #expect(plain == ["model": "m", "messages": [["role": "user", "content": "Why?"]], "temperature": 0.5, "max_tokens": 9])
        let full = dialect.body(
            asking: [Message(role: "system", content: "s")] + question,
            SamplingParameters(temperature: 0, topK: 5, topP: 0.9, maxTokens: 9, stop: ["\n"], seed: 40), sample: 2)
        #expect(
            full == [
                "model": "m", "messages": [["role": "system", "content": "s"], ["role": "user", "content": "Why?"]], "temperature": 0.0,
                "top_k": 5, "top_p": 0.9, "max_tokens": 9, "stop": ["\n"], "seed": 42,
            ])
    }

    @Test func anySeedFitsTheField() {
        let body = dialect.body(asking: question, SamplingParameters(seed: .max), sample: 1)
        #expect(body["seed"] == 0)
    }

    @Test func extraFieldsAreLaidOverAndNullTakesOneOut() {
        let dialect = OpenAIChatDialect(model: "m", extra: ["temperature": .null, "reasoning_effort": "low"])
        let body = dialect.body(asking: question, SamplingParameters(), sample: 0)
        #expect(body["temperature"] == nil)
        #expect(body["reasoning_effort"] == "low")
    }

    @Test func openAIItselfIsAskedWithItsOwnTokenLimit() {
        #expect(OpenAIChatDialect(model: "m", remote: "https://API.openai.com/v1").tokenLimitField == "max_completion_tokens")
        #expect(OpenAIChatDialect(model: "m", remote: "http://127.0.0.1:8080").tokenLimitField == "max_tokens")
    }

    @Test func anAnswerIsReadWithUsageAndModel() {
        let expected = Completion(text: "Because.", finishReason: .stop, usage: Usage(promptTokens: 7, completionTokens: 3), model: "m-1")
        #expect(read(chatBody("Because.")) == .completion(expected))
    }

    @Test func textInPartsIsJoined() throws {
        let parts = "{\"content\":[{\"type\":\"text\",\"text\":\"a\"},{\"type\":\"image_url\"},{\"type\":\"text\",\"text\":\"b\"}]}"
        #expect(try completion(parts).text == "ab")
    }

    @Test func everyFinishReasonHasItsMeaning() throws {
        for (spelling, reason) in [
            ("\"stop\"", FinishReason.stop), ("\"eos\"", .stop), ("\"length\"", .length), ("\"max_tokens\"", .length),
            ("\"content_filter\"", .filtered), ("\"tool_calls\"", .other), ("null", .other), ("{\"type\":\"stop\"}", .other),
        ] {
            #expect(try completion("{\"content\":\"x\"}", finish: spelling).finishReason == reason, "\(spelling)")
        }
    }

    @Test func emptyTruncatedRefusedAndFilteredAreToldApart() throws {
        #expect(try completion("{\"content\":null}") == Completion(text: "", finishReason: .stop, model: "m-2"))
        #expect(try completion("{\"content\":\"ab\"}", finish: "\"length\"").finishReason == .length)
        let refused = try completion("{\"content\":null,\"refusal\":\"I cannot.\"}")
        #expect(refused.finishReason == .refused)
        #expect(refused.text == "I cannot.")
        #expect(try completion("{\"content\":\"\"}", finish: "\"content_filter\"").finishReason == .filtered)
        let azure = read("{\"error\":{\"code\":\"content_filter\",\"message\":\"withheld\"}}", status: 400)
        #expect(azure == .completion(Completion(text: "", finishReason: .filtered)))
    }

    @Test func reasoningIsKeptApartInEverySpelling() throws {
        for message in [
            "{\"content\":\"4\",\"reasoning\":\"2+2\"}", "{\"content\":\"4\",\"reasoning_content\":\"2+2\"}",
            "{\"content\":\"<think>2+2</think>\\n\\n4\"}", "{\"content\":\"\\n<thinking>\\n2+2\\n</thinking>4\"}",
            "{\"content\":\"2+2\\n</think>\\n4\"}", "{\"content\":\"4\",\"thinking\":\"2+2\"}",
            "{\"content\":\"4\",\"reasoning_details\":[{\"type\":\"reasoning.text\",\"text\":\"2+2\"},{\"type\":\"reasoning.encrypted\",\"data\":\"x\"}]}",
            "{\"content\":\"4\",\"reasoning_details\":[{\"type\":\"reasoning.summary\",\"summary\":\"2+2\"}]}",
            "{\"content\":\"4\",\"reasoning\":\"2+2\",\"reasoning_content\":\"2+2\",\"reasoning_details\":[{\"text\":\"2+2\"}]}",
            "{\"content\":\"4\",\"thinking_blocks\":[{\"type\":\"thinking\",\"thinking\":\"2+2\"}]}",
            "{\"content\":[{\"type\":\"thinking\",\"thinking\":[{\"type\":\"text\",\"text\":\"2+2\"}]},{\"type\":\"text\",\"text\":\"4\"}]}",
            "{\"content\":[{\"type\":\"reasoning\",\"text\":\"2+2\"},{\"type\":\"text\",\"text\":\"4\"}]}",
        ] {
            let completion = try completion(message)
            #expect(completion.text == "4", "\(message)")
            #expect(completion.reasoning == "2+2", "\(message)")
        }
    }

    @Test func anEndTagInQuotesIsTextWhereTheEndpointKeepsThinkingApart() throws {
        let completion = try completion("{\"content\":\"close it by `</think>`\",\"reasoning\":\"hm\"}")
        #expect(completion.text == "close it by `</think>`" && completion.finishReason == .stop)
        #expect(completion.reasoning == "hm")
    }

    @Test func reasoningThatIsCountedApartIsAdded() {
        let usage =
            "\"usage\":{\"prompt_tokens\":12,\"completion_tokens\":1,\"total_tokens\":399,\"completion_tokens_details\":{\"reasoning_tokens\":386}}"
        let body = "{\"choices\":[{\"message\":{\"content\":\"x\"},\"finish_reason\":\"stop\"}],\(usage)}"
        let expected = Usage(promptTokens: 12, completionTokens: 387, reasoningTokens: 386)
        #expect(read(body) == .completion(Completion(text: "x", finishReason: .stop, usage: expected)))
    }

    @Test func thinkingThatNeverEndsIsNoAnswer() throws {
        let completion = try completion("{\"content\":\"<think>so\"}", finish: "\"length\"")
        #expect(completion == Completion(text: "", finishReason: .length, reasoning: "so", model: "m-2"))
    }

    @Test func brokenBodiesAreUnreadable() {
        for body in ["", "{\"choices\":[{\"message\":{\"content\":\"trunc", "<html>", "{\"choices\":null}", "{}", "[]", "null"] {
            guard case .unreadable = read(body) else {
                Issue.record("\(body) reads as \(read(body))")
                continue
            }
        }
        let gateway =
            "{\"choices\":[{\"message\":{\"content\":\"x\"},\"finish_reason\":\"error\",\"error\":{\"code\":502,\"message\":\"upstream\"}}]}"
        #expect(read(gateway) == .fault(ProviderFault(status: 502, message: "upstream")))
        guard case .unreadable = read("{\"choices\":[{\"message\":{\"content\":\"x\"},\"finish_reason\":\"error\"}]}") else {
            Issue.record("an answer broken off by the endpoint reads as one")
            return
        }
    }

    @Test func errorsAreReadInEveryShape() {
        for (body, code, message) in [
            (
                "{\"error\":{\"message\":\"no  such\\nmodel\",\"type\":\"t\",\"code\":\"model_not_found\"}}", "model_not_found",
                "no such model"
            ),
            ("{\"error\":\"no such model\"}", nil, "no such model"),
            (
                "{\"object\":\"error\",\"message\":\"no such model\",\"type\":\"NotFoundError\",\"code\":404}", "NotFoundError",
                "no such model"
            ),
            ("{\"detail\":\"Not Found\"}", nil, "Not Found"),
            ("{\"detail\":[{\"loc\":[\"body\"],\"msg\":\"field required\"}]}", nil, "field required"),
            ("[{\"error\":{\"code\":404,\"message\":\"gone\",\"status\":\"NOT_FOUND\"}}]", "NOT_FOUND", "gone"),
            ("{\"type\":\"error\",\"error\":{\"type\":\"not_found_error\",\"message\":\"model: x\"}}", "not_found_error", "model: x"),
            ("plain words", nil, "plain words"), ("", nil, "no reason given"),
        ] {
            #expect(read(body, status: 404) == .fault(ProviderFault(status: 404, code: code, message: message)), "\(body)")
        }
    }

    @Test func aPageIsNoAPI() {
        for (page, words) in [
            ("<html><h1>502</h1></html>", "a web page came, not the API's response"),
            (
                "<!DOCTYPE html><html><head><TITLE>Just a\n moment...</TITLE></head>",
                "a web page titled \"Just a moment...\" came, not the API's response"
            ),
        ] {
            #expect(read(page, status: 403) == .fault(ProviderFault(status: 403, message: words, isPage: true)))
            let hint = ": a proxy, a firewall or a login stands before it, or `teacher.remote` is not an API's address"
            #expect(read(page) == .unreadable(words + hint))
        }
    }

    @Test(arguments: [
        ("", "it is empty"),
        (
            "{\"choices\":[{\"mess",
            "it broke off on its way (not JSON: a string does not end, at byte 18 of 18); run the command again to continue"
        ),
        (
            "{\"choices\":[",
            "it broke off on its way (not JSON: a value or number expected, at byte 12 of 12); run the command again to continue"
        ),
        ("welcome", "not JSON: a value or number expected, at byte 0 of 7: perhaps `teacher.remote` is not an API's address"),
        ("{\"hello\":1}", "it holds no \"choices\" with a \"message\"; perhaps the API speaks another dialect than `teacher.dialect` says"),
    ])
    func whatIsNoAnswerIsToldApart(body: String, words: String) {
        #expect(read(body) == .unreadable(words))
    }

    @Test func anErrorUnderStatus200IsAnError() {
        let reading = read("{\"error\":{\"code\":429,\"message\":\"upstream is busy\"}}")
        #expect(reading == .fault(ProviderFault(status: 429, message: "upstream is busy")))
    }

    @Test func longErrorsAreCut() {
        guard case .fault(let fault) = read(String(repeating: "long ", count: 1000), status: 500) else { return }
        #expect(fault.message.count == 300)
    }
}
