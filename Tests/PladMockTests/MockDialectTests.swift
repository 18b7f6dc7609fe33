import Foundation
import PladHTTP
import PladMock
import PladRecords
import PladTeacher
import Testing

/// The mock teacher's answers as the real client and the real dialects read them.
@Suite(.timeLimit(.minutes(10))) struct MockDialectTests {
    private func reply(_ name: String, _ change: (inout MockReply) -> Void = { _ in }) async throws -> Completion {
        var script = MockScript()
        var reply = MockReply()
        change(&reply)
        script.sequence = [reply]
        let listener = try ListeningSocket(host: "127.0.0.1", port: 0)
        let server = HTTPServer(listener: listener, handler: MockTeacher(script: script))
        defer { Task { await server.stop(abruptly: true) } }
        let dialect = try #require(Dialects.named(name, model: "m"))
        let endpoint = try Endpoint("http://127.0.0.1:\(listener.port)", dialect: dialect)
        let request = dialect.request(
            teacher: "t", path: endpoint.path, asking: [Message(role: "user", content: "say it")], SamplingParameters(), sample: 0)
        return try await RemoteTeacher(
            endpoint: endpoint, dialect: dialect, access: Access(key: nil), transport: try HTTPClient(), policy: RetryPolicy(attempts: 1)
        ).reply(to: request).completion
    }

    @Test(arguments: Dialects.names) func everyDialectIsSpoken(name: String) async throws {
        let answer = try await reply(name)
        #expect(answer.text == "You said: say it")
        #expect(answer.finishReason == .stop)
        #expect(answer.model == "mock")
        #expect(answer.usage?.promptTokens == 2 && answer.usage?.completionTokens == 4)
    }

    @Test(arguments: Dialects.names) func endingsAndThoughtsAreSpelled(name: String) async throws {
        #expect(try await reply(name) { $0.finishReason = "length" }.finishReason == .length)
        let thought = try await reply(name) {
            $0.text = "<think>hm</think>yes"
            $0.model = "drifted"
        }
        #expect(thought.text == "yes" && thought.reasoning == "hm" && thought.model == "drifted")
        guard name != "openai-completions" else { return }
        let apart = try await reply(name) { $0.reasoning = "why" }
        #expect(apart.reasoning == "why" && apart.text == "You said: say it")
    }

    @Test(arguments: ["openai-chat", "openai-responses", "anthropic"]) func refusalsAreTold(name: String) async throws {
        let refused = try await reply(name) { $0.refusal = "no" }
        #expect(refused.finishReason == .refused && refused.text == "no")
    }

    @Test(arguments: Dialects.names) func errorsAreRead(name: String) async throws {
        let error = try await #require(throws: TeacherError.self) { try await reply(name) { $0.status = 429 } }
        #expect(error.message.contains("HTTP 429: mock failure with status 429"))
    }
}
