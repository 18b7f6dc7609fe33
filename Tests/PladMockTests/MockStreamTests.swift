import Foundation
import PladHTTP
import PladMock
import PladRecords
import PladTestSupport
import Testing

/// Streamed responses of each dialect, document by document.
@Suite(.timeLimit(.minutes(10))) struct MockStreamTests {
    private func stream(_ path: String, _ body: JSONValue, _ change: (inout MockReply) -> Void = { _ in }) async throws -> String {
        var script = MockScript()
        script.answer = "a b c"
        var reply = MockReply()
        change(&reply)
        script.sequence = [reply]
        let listener = try ListeningSocket(host: "127.0.0.1", port: 0)
        let server = HTTPServer(listener: listener, handler: MockTeacher(script: script))
        defer { Task { await server.stop(abruptly: true) } }
        return try await LoopbackClient(port: listener.port).ask("POST", path, body).body
    }

    private func documents(_ body: String) throws -> [JSONValue] {
        try body.split(separator: "\n").filter { $0.hasPrefix("data: {") || $0.hasPrefix("{") }
            .map { try JSONValue(parsing: Data($0.drop { $0 != "{" }.utf8)) }
    }

    @Test func responsesAreNamedEventsThatEndWithTheWhole() async throws {
        let body = try await stream("/v1/responses", ["input": "x", "stream": true])
        let all = try documents(body)
        #expect(all.compactMap { $0["delta"]?.string } == ["a", " b", " c"])
        #expect(all.first?["type"] == "response.created" && all.last?["type"] == "response.completed")
        #expect(all.last?["response"]?["output"]?[0]?["content"]?[0]?["text"] == "a b c")
        #expect(all.compactMap { $0["sequence_number"]?.int } == Array(0..<all.count))
        #expect(body.hasPrefix("event: response.created\ndata: {"))
    }

    @Test func messagesAreBlocksWithAnEnd() async throws {
        let body = try await stream("/v1/messages", ["messages": [["role": "user", "content": "x"]], "stream": true]) {
            $0.reasoning = "hm"
        }
        let all = try documents(body)
        #expect(all.compactMap { $0["delta"]?["text"]?.string } == ["a", " b", " c"])
        #expect(all.compactMap { $0["delta"]?["thinking"]?.string } == ["hm"])
        #expect(all.first?["type"] == "message_start" && all.last?["type"] == "message_stop")
        #expect(all.suffix(2).first?["delta"]?["stop_reason"] == "end_turn")
        #expect(all.suffix(2).first?["usage"]?["output_tokens"] == 4)
    }

    @Test func geminiStreamsAtAPathOfItsOwn() async throws {
        let body = try await stream("/v1beta/models/m:streamGenerateContent?alt=sse", ["contents": [["parts": [["text": "x"]]]]])
        let all = try documents(body)
        #expect(all.compactMap { $0["candidates"]?[0]?["content"]?["parts"]?[0]?["text"]?.string }.joined() == "a b c")
        #expect(all.map { $0["candidates"]?[0]?["finishReason"]?.string } == [nil, nil, nil, "STOP"])
    }

    @Test func ollamaStreamsLinesUnlessToldNotTo() async throws {
        let all = try documents(await stream("/api/chat", ["messages": [["role": "user", "content": "x"]]]))
        #expect(all.compactMap { $0["message"]?["content"]?.string } == ["a", " b", " c", ""])
        #expect(all.map { $0["done"]?.bool } == [false, false, false, true])
    }

    @Test(arguments: ["/v1/responses", "/v1/messages", "/v1/completions"]) func anUnfinishedStreamLacksItsEnd(path: String) async throws {
        let body: JSONValue = ["stream": true, "prompt": "x", "input": "x", "messages": [["role": "user", "content": "x"]]]
        let cut = try documents(await stream(path, body) { $0.events = .unfinished })
        let whole = try documents(await stream(path, body))
        #expect(cut.count < whole.count && cut == Array(whole.prefix(cut.count)))
        let swapped = try documents(await stream(path, body) { $0.events = .outOfOrder })
        #expect(swapped != whole && swapped.count == whole.count && swapped.last == whole.last)
    }

    @Test(arguments: ["/v1/chat/completions", "/v1/completions"]) func tokensAreCountedWhereThatIsAskedFor(path: String) async throws {
        func body(_ counted: Bool) -> JSONValue {
            let messages: JSONValue = [["role": "user", "content": "x"]]
            return ["stream": true, "prompt": "x", "messages": messages, "stream_options": ["include_usage": .bool(counted)]]
        }
        let (plain, counted) = try (documents(await stream(path, body(false))), documents(await stream(path, body(true))))
        #expect(plain.allSatisfy { $0["usage"] == nil })
        #expect(counted.count == plain.count + 1)
        #expect(counted.last?["usage"]?["completion_tokens"] == 3 && counted.last?["choices"] == [])
    }
}
