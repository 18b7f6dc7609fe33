import Foundation
import PladHTTP
import PladRecords
import PladTeacher
import PladTestSupport
import Testing

/// A teacher whose answers are streamed, over scripted endpoints.
@Suite struct StreamedTeacherTests {
    private static let shapes = DialectStreamShapes.all[0]
    private static let stream = shapes.body(shapes.events)

    private func teacher(_ transport: some Transport, _ streaming: Streaming, url: String = "http://127.0.0.1:9") throws -> RemoteTeacher {
        let dialect = OpenAIChatDialect(model: "m")
        return RemoteTeacher(
            endpoint: try Endpoint(url, dialect: dialect), dialect: dialect, access: Access(key: nil), transport: transport,
            streaming: streaming,
            clock: InstantClock(), random: { 0 })
    }

    private func ask(maxTokens: Int, sample: Int = 0) -> TeacherRequest {
        OpenAIChatDialect(model: "m").request(
            teacher: "t", path: "/v1/chat/completions", asking: question, SamplingParameters(maxTokens: maxTokens), sample: sample)
    }

    private func isStreamed(_ request: HTTPRequest) -> Bool {
        (try? JSONValue(parsing: request.body ?? Data()))?["stream"] == true
    }

    @Test(arguments: [
        (Streaming.auto, 1000, false), (.auto, 1001, true), (.always, 10, true), (.never, 5000, false),
    ])
    func longAnswersAreStreamed(streaming: Streaming, maxTokens: Int, expected: Bool) async throws {
        let transport = ScriptedTransport(expected ? .status(200, Self.stream) : .answer)
        let reply = try await teacher(transport, streaming).reply(to: ask(maxTokens: maxTokens))
        #expect(transport.requests.map(isStreamed) == [expected])
        #expect(reply.completion.text == (expected ? "Because." : "yes"))
        if expected { #expect(reply.response.body == Data(Self.stream.utf8), "what came is what is kept") }
    }

    @Test func aServerThatIgnoresTheStreamIsUnderstood() async throws {
        let reply = try await teacher(ScriptedTransport(.answer), .always).reply(to: ask(maxTokens: 9))
        #expect(reply.completion.text == "yes")
    }

    @Test func aRefusedStreamIsAskedForWholeAtOnceAndFromThenOn() async throws {
        let refusal =
            #"{"error":{"message":"Your organization must be verified to stream this model.","type":"invalid_request_error","param":"stream","code":"unsupported_value"}}"#
        let transport = ScriptedTransport(.status(400, refusal), .answer)
        let teacher = try teacher(transport, .auto)
        #expect(try await teacher.reply(to: ask(maxTokens: 4000)).response.attempts == 2)
        #expect(try await teacher.reply(to: ask(maxTokens: 4000, sample: 1)).response.attempts == 1)
        #expect(transport.requests.map(isStreamed) == [true, false, false])
    }

    @Test(arguments: [404, 405, 501]) func aPageInAStreamsPlaceIsAskedForWhole(status: Int) async throws {
        let transport = ScriptedTransport(.status(status, "<html><title>Not here</title></html>"), .answer)
        #expect(try await teacher(transport, .auto).reply(to: ask(maxTokens: 4000)).completion.text == "yes")
        #expect(transport.requests.map(isStreamed) == [true, false])
    }

    @Test func aRefusalThatIsNotForTheStreamStaysOne() async throws {
        let transport = ScriptedTransport(.status(400, "{\"detail\":\"bad\"}"))
        let teacher = try teacher(transport, .auto)
        for sample in 0..<2 {
            await #expect(throws: TeacherError.self) { try await teacher.reply(to: ask(maxTokens: 4000, sample: sample)) }
        }
        #expect(transport.requests.map(isStreamed) == [true, false, true, false])
        let always = ScriptedTransport(.status(400, "{\"detail\":\"bad\"}"))
        await #expect(throws: TeacherError.self) { try await self.teacher(always, .always).reply(to: ask(maxTokens: 9)) }
        #expect(always.requests.count == 1)
    }

    @Test func streamsThatComeBrokenAreGivenUp() async throws {
        let broken = Self.shapes.body(Array(Self.shapes.events.prefix(4)))
        let transport = ScriptedTransport(.status(200, broken), .status(200, broken), .answer)
        #expect(try await teacher(transport, .auto).reply(to: ask(maxTokens: 4000)).response.attempts == 3)
        #expect(transport.requests.map(isStreamed) == [true, true, false])
    }

    @Test func aStreamCutOnTheWireIsAnAttemptAndNoAnswer() async throws {
        let chunked = Array("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n".utf8)
        func chunk(_ text: String) -> [UInt8] { Array((String(text.utf8.count, radix: 16) + "\r\n" + text + "\r\n").utf8) }
        let events = Self.shapes.events.map { chunk($0 + "\n\n") }
        let server = LoopbackServer { number, _ in
            switch number {
            case 0: [.send(chunked)] + events.prefix(5).map { .send($0) } + [.cut]
            case 1: [.send(chunked)] + events.prefix(5).map { .send($0) } + [.send(Array("0\r\n\r\n".utf8))]
            default: [.send(chunked)] + events.map { .send($0) } + [.send(Array("0\r\n\r\n".utf8))]
            }
        }
        defer { server.stop() }
        let reply = try await teacher(try HTTPClient(), .always, url: server.url).reply(to: ask(maxTokens: 9))
        #expect(reply.completion.text == "Because.")
        #expect(reply.response.attempts == 3)
    }
}
