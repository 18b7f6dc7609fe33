import Foundation
import PladHTTP
import PladRecords
import PladTeacher
import PladTestSupport
import Testing

/// Several samples of one question in one request.
@Suite struct ChoicesTests {
    private func body(_ texts: [String]) -> String {
        let choices = texts.enumerated().map {
            #"{"index":\#($0),"message":{"content":"\#($1)"},"finish_reason":"stop"}"#
        }
        return #"{"model":"m-1","choices":["# + choices.joined(separator: ",") + #"],"usage":{"prompt_tokens":7,"completion_tokens":9}}"#
    }

    private func requests(_ count: Int, seed: UInt64? = nil) -> [TeacherRequest] {
        (0..<count).map {
            OpenAIChatDialect(model: "m").request(
                teacher: "t", path: "/v1/chat/completions", asking: question, SamplingParameters(seed: seed), sample: $0)
        }
    }

    private func counts(_ transport: ScriptedTransport) -> [Int?] {
        transport.requests.map { (try? JSONValue(parsing: $0.body ?? Data()))?["n"]?.int }
    }

    @Test func oneRequestBringsThemAll() async throws {
        let transport = ScriptedTransport(.status(200, body(["a", "b", "c"])))
        let replies = try #require(try await teacher(transport).replies(to: requests(3)))
        #expect(counts(transport) == [3])
        #expect(replies.map(\.completion.text) == ["a", "b", "c"])
        #expect(replies.map(\.choice) == [0, 1, 2])
        #expect(replies.map(\.completion.usage) == [Usage(promptTokens: 7, completionTokens: 9), nil, nil], "paid for once")
        #expect(replies.map(\.response.attempts) == [1, 0, 0])
        #expect(Set(replies.map(\.response.body)).count == 1)
    }

    @Test func theirOrderIsThatOfTheirIndex() async throws {
        let turned =
            #"{"choices":[{"index":1,"message":{"content":"b"},"finish_reason":"stop"},{"index":0,"message":{"content":"a"},"finish_reason":"stop"}]}"#
        let replies = try #require(try await teacher(ScriptedTransport(.status(200, turned))).replies(to: requests(2)))
        #expect(replies.map(\.completion.text) == ["a", "b"])
    }

    @Test func countsThatCannotBeTrueOfAllOfThemAreNone() async throws {
        let answer =
            #"{"choices":[{"index":0,"message":{"content":""},"finish_reason":"stop"},{"index":1,"message":{"content":"b"},"finish_reason":"stop"}],"usage":{"prompt_tokens":0,"completion_tokens":0}}"#
        let replies = try #require(try await teacher(ScriptedTransport(.status(200, answer))).replies(to: requests(2)))
        #expect(replies.map(\.completion.text) == ["", "b"] && replies[0].completion.usage == nil)
    }

    @Test func whoBringsFewerThanAskedForIsNotAskedForSeveralAgain() async throws {
        let transport = ScriptedTransport(.status(200, body(["a"])), .answer)
        let teacher = try teacher(transport)
        #expect(try await teacher.replies(to: requests(3))?.map(\.completion.text) == ["a"])
        #expect(try await teacher.replies(to: requests(2)) == nil)
        #expect(counts(transport) == [3])
    }

    @Test func aRefusedNumberIsAskedForOneByOne() async throws {
        let transport = ScriptedTransport(.status(400, #"{"error":{"message":"n must be 1"}}"#), .answer)
        let teacher = try teacher(transport)
        #expect(try await teacher.replies(to: requests(2))?.map(\.completion.text) == ["yes"])
        #expect(try await teacher.replies(to: requests(2)) == nil)
        #expect(counts(transport) == [2, nil])
    }

    @Test func aRefusedQuestionSaysNothingOfTheNumber() async throws {
        let transport = ScriptedTransport(.status(400, #"{"error":{"message":"no"}}"#))
        let teacher = try teacher(transport)
        for _ in 0..<2 {
            await #expect(throws: TeacherError.self) { try await teacher.replies(to: requests(2)) }
        }
        #expect(counts(transport) == [2, nil, 2, nil])
    }

    @Test func oneSeedForAllThatBringsOneAnswerForAllIsNoSampling() async throws {
        let transport = ScriptedTransport(.status(200, body(["a", "a"])), .answer)
        #expect(try await teacher(transport).replies(to: requests(2, seed: 5))?.map(\.completion.text) == ["a"])
        let unseeded = ScriptedTransport(.status(200, body(["a", "a"])))
        #expect(try await teacher(unseeded).replies(to: requests(2))?.map(\.completion.text) == ["a", "a"])
    }

    @Test func geminiCountsCandidates() async throws {
        let dialect = GeminiDialect(model: "m")
        let asked = (0..<2).map {
            dialect.request(teacher: "t", path: dialect.path(from: ""), asking: question, SamplingParameters(seed: 3), sample: $0)
        }
        let answer =
            #"{"candidates":[{"content":{"parts":[{"text":"a"}]},"finishReason":"STOP"},{"content":{"parts":[{"text":"b"}]},"finishReason":"MAX_TOKENS","index":1}],"usageMetadata":{"promptTokenCount":1}}"#
        let transport = ScriptedTransport(.status(200, answer))
        let teacher = RemoteTeacher(
            endpoint: try Endpoint("http://h", dialect: dialect), dialect: dialect, access: Access(key: nil), transport: transport)
        let replies = try #require(try await teacher.replies(to: asked))
        #expect(replies.map(\.completion.text) == ["a", "b"])
        #expect(replies.map(\.completion.finishReason) == [.stop, .length])
        let sent = try JSONValue(parsing: transport.requests[0].body ?? Data())
        #expect(sent["generationConfig"]?["candidateCount"] == 2)
        #expect(sent["generationConfig"]?["seed"] == 3)
    }

    @Test func otherAPIsAreAskedOneByOne() async throws {
        let transport = ScriptedTransport(
            .status(200, #"{"type":"message","content":[{"type":"text","text":"a"}],"stop_reason":"end_turn"}"#))
        let dialect = AnthropicDialect(model: "m")
        let teacher = RemoteTeacher(
            endpoint: try Endpoint("http://h", dialect: dialect), dialect: dialect, access: Access(key: nil), transport: transport)
        let asked = (0..<3).map {
            dialect.request(teacher: "t", path: "/v1/messages", asking: question, SamplingParameters(), sample: $0)
        }
        #expect(try await teacher.replies(to: asked) == nil)
        #expect(transport.requests.isEmpty)
    }
}
