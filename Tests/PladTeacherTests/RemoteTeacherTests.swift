import Foundation
import PladHTTP
import PladRecords
import PladTeacher
import PladTestSupport
import Testing

@Suite struct RemoteTeacherTests {
    private func error(_ results: Result<Response, TransportFault>..., key: Credential? = nil, clock: InstantClock = InstantClock())
        async throws -> TeacherError
    {
        let transport = results.count == 1 ? ScriptedTransport(results[0]) : ScriptedTransport(results[0], results[1])
        let teacher = try teacher(transport, key: key, clock: clock)
        return try await #require(throws: TeacherError.self) { try await teacher.reply(to: request()) }
    }

    @Test func theAnswerComesWithItsAttempts() async throws {
        let clock = InstantClock()
        let attempts = Collected<Attempt>()
        let transport = ScriptedTransport(
            .status(500, "{\"error\":\"oops\"}"), .failure(TransportFault(.cut, "cut")), .status(200, "{\"cho"), .answer)
        let reply = try await teacher(transport, clock: clock, attempts: attempts).reply(to: request())
        #expect(reply.completion.text == "yes")
        #expect(reply.response.attempts == 4)
        // Full jitter at one half: 0.5 × (0.5, 1, 2) s.
        #expect(clock.sleeps == [.seconds(0.25), .seconds(0.5), .seconds(1)])
        #expect(attempts.all.map(\.number) == [1, 2, 3, 4])
        #expect(attempts.all.map(\.status) == [500, nil, 200, 200])
        #expect(attempts.all.map { $0.fault == nil } == [false, false, false, true])
        #expect(attempts.all.map(\.retryAfter) == [.seconds(0.25), .seconds(0.5), .seconds(1), nil])
    }

    @Test func theBodyGoesOutAsItIsKeyed() async throws {
        let transport = ScriptedTransport(.answer)
        let key = try Credential("sk-1", source: "test")
        _ = try await teacher(transport, url: "http://h:1/v1", key: key).reply(to: request())
        let sent = try #require(transport.requests.first)
        #expect(sent.url == "http://h:1/v1/chat/completions")
        #expect(sent.body == Data(request().bodyText.utf8))
        #expect(sent.headers.map(\.value) == ["application/json", "Bearer sk-1"])
    }

    @Test func aWaitThatIsAskedForIsSlept() async throws {
        let clock = InstantClock()
        let transport = ScriptedTransport(.status(429, headers: "Retry-After: 30\r\n"), .answer)
        _ = try await teacher(transport, clock: clock, random: 0).reply(to: request())
        #expect(clock.sleeps == [.seconds(30)])
    }

    @Test func oneWhoWaitsHoldsNoPlace() async throws {
        // The first request is told to wait; the only place must be free for the second meanwhile.
        let transport = ScriptedTransport(.status(503), .answer)
        let (gate, open) = AsyncStream.makeStream(of: Void.self)
        let parked = GateClock(gate)
        let dialect = OpenAIChatDialect(model: "m")
        let teacher = RemoteTeacher(
            endpoint: try Endpoint("http://h:1", dialect: dialect), dialect: dialect, access: Access(key: nil), transport: transport,
            concurrency: 1,
            clock: parked)
        let first = Task { try await teacher.reply(to: request()) }
        while transport.requests.isEmpty { await Task.yield() }
        #expect(try await teacher.reply(to: request(sample: 1)).completion.text == "yes")
        open.finish()
        #expect(try await first.value.response.attempts == 2)
    }

    @Test func errorsNameAddressCauseAndWayOut() async throws {
        let refused = try await error(
            .status(401, "{\"error\":{\"message\":\"Incorrect API key provided\"}}"), key: Credential("sk-1", source: "PLAD_API_KEY"))
        #expect(refused.code == .keyRefused)
        #expect(
            refused.message == "http://127.0.0.1:9 refuses the key (HTTP 401: Incorrect API key provided); check the key in PLAD_API_KEY")
        #expect(try await error(.status(403)).message.contains("no key was sent: set PLAD_API_KEY"))

        let unknown = try await error(.status(404, "{\"error\":{\"message\":\"no model m\"}}"))
        #expect(unknown.code == .unknownModel)
        #expect(
            unknown.message
                == "http://127.0.0.1:9/v1/chat/completions knows no such model or path (HTTP 404: no model m); check `teacher.model` and `teacher.remote`"
        )

        let unreachable = try await error(.failure(TransportFault(.unconnected, "Connection refused")))
        #expect(unreachable.code == .unreachable)
        #expect(unreachable.message.contains("http://127.0.0.1:9/v1/chat/completions: Connection refused; check `teacher.remote`"))
        #expect(unreachable.endsRun)

        // No wait helps against these.
        #expect(try await error(.status(401, headers: "Retry-After: 172800\r\n")).code == .keyRefused)
        #expect(try await error(.status(400, headers: "Retry-After: 172800\r\n")).code == .rejected)

        #expect(try await error(.status(402)).code == .overQuota)
        #expect(try await error(.status(400, "{\"detail\":\"context\"}")).code == .rejected)
        #expect(try await error(.status(302)).message.contains("redirects"))
        #expect(try await error(.failure(TransportFault(.untrusted, "self-signed"))).code == .untrusted)
        #expect(try await error(.failure(TransportFault(.tooLarge, "big"))).code == .tooLarge)
        for error in [refused, unknown, unreachable] {
            #expect(error.exitStatus == .unavailable)
            #expect(!error.message.contains("\n"))
        }
    }

    @Test func attemptsAreExhaustedAtLast() async throws {
        let clock = InstantClock()
        let error = try await error(.status(503, "{\"error\":\"overloaded\"}"), clock: clock)
        #expect(error.code == .exhausted)
        #expect(!error.endsRun)
        #expect(error.message.contains("after 8 attempts (HTTP 503: overloaded)"))
        #expect(clock.sleeps.count == 7)
    }

    @Test func anEndpointThatFailsEverybodyEndsTheRun() async throws {
        let teacher = try teacher(ScriptedTransport(.status(500)))
        var codes: [TeacherError.Code] = []
        for sample in 0..<4 {
            codes.append(try await #require(throws: TeacherError.self) { try await teacher.reply(to: request(sample: sample)) }.code)
        }
        #expect(codes == [.exhausted, .exhausted, .down, .down])
        #expect(TeacherError(.down, "").endsRun)
    }

    @Test func aFaultAfterTheFirstContactIsRetried() async throws {
        let transport = ScriptedTransport(.status(503), .failure(TransportFault(.unconnected, "refused")), .answer)
        #expect(try await teacher(transport).reply(to: request()).response.attempts == 3)
    }

    /// A key that comes in two deltas or two parts of a text is nowhere in the response, and whole in the answer.
    @Test func aKeyInPiecesReachesNobody() async throws {
        let key = try Credential("sk-planted-key", source: "test")
        let deltas = ["you sent sk-pla", "nted-key."].map { #"data: {"choices":[{"index":0,"delta":{"content":"\#($0)"}}]}\#n\#n"# }
        let stream =
            deltas.joined() + #"data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\#n\#n"# + "data: [DONE]\n\n"
        let parts = chatBody("x").replacing(
            "\"content\":\"x\"", with: #""content":[{"type":"text","text":"sk-plan"},{"type":"text","text":"ted-key"}]"#)
        #expect(parts.contains("ted-key"))
        // The second of three choices, behind one that is no completion.
        let choices = chatBody("x").replacing(
            "\"choices\":[",
            with: #""choices":[{"index":0,"message":{"role":"assistant","content":"one"},"finish_reason":"stop"},"#
                + #"{"index":1,"message":7},{"index":2,"message":{"role":"assistant","content":[{"type":"text","text":"sk-plan"},"#
                + #"{"type":"text","text":"ted-key"}]},"finish_reason":"stop"},"#)
        #expect(choices.contains("ted-key"))
        for body in [stream, parts, choices] {
            let refused = try await error(.status(200, body), key: key)
            #expect(refused.message.contains("it spells the key that it was asked with, in pieces") && !refused.message.contains("planted"))
        }
        let half = try await teacher(ScriptedTransport(.status(200, parts)), key: try Credential("sk-other-key", source: "test"))
            .reply(to: request())
        #expect(half.completion.text == "sk-planted-key")
    }

    @Test func anEchoedKeyReachesNobody() async throws {
        let key = try Credential("sk-planted", source: "test")
        let refused = try await error(.status(401, "{\"error\":\"sk-planted is wrong\"}"), key: key)
        #expect(!"\(refused)".contains("planted"))
        let reply = try await teacher(ScriptedTransport(.status(200, chatBody("your key is sk-planted"))), key: key).reply(to: request())
        #expect(reply.completion.text == "your key is <key>")
        #expect(!String(decoding: reply.response.body, as: UTF8.self).contains("planted"))
    }

    @Test func cancellationEndsTheWait() async throws {
        let transport = ScriptedTransport(.status(503))
        let teacher = RemoteTeacher(
            endpoint: try Endpoint("http://h:1", dialect: OpenAIChatDialect(model: "m")), dialect: OpenAIChatDialect(model: "m"),
            access: Access(key: nil),
            transport: transport, policy: RetryPolicy(base: .seconds(3600), ceiling: .seconds(3600)), random: { 0.9 })
        let task = Task { try await teacher.reply(to: request()) }
        while transport.requests.isEmpty { await Task.yield() }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }
}

/// A clock whose sleeps end when its gate closes.
private struct GateClock: Clock {
    let gate: AsyncStream<Void>
    init(_ gate: AsyncStream<Void>) { self.gate = gate }
    var now: ContinuousClock.Instant { ContinuousClock.now }
    var minimumResolution: Duration { .zero }
    func sleep(until deadline: ContinuousClock.Instant, tolerance: Duration?) async throws { for await _ in gate {} }
}
