import Foundation
import PladHTTP
import PladRecords
import PladTeacher
import PladTestSupport
import Testing

/// What an endpoint's state does to requests, with scripts in the endpoint's place.
@Suite struct RequestGateTests {
    private final class Memory: EndpointMemory {
        private let known = Locked<[String: KnownLimits]>([:])
        func recall(_ origin: String) -> KnownLimits? { known.withLock { $0[origin] } }
        func remember(_ limits: KnownLimits, of origin: String) { known.withLock { $0[origin] = limits } }
    }

    private func teacher(
        _ transport: some Transport, concurrency: Int = 64, requestsPerMinute: Double? = nil, memory: (any EndpointMemory)? = nil,
        attempts: Int = 8, clock: InstantClock = InstantClock(), notices: Collected<GateNotice> = Collected(),
        log: Collected<Attempt> = Collected()
    ) throws -> RemoteTeacher {
        let dialect = OpenAIChatDialect(model: "m")
        return RemoteTeacher(
            endpoint: try Endpoint("http://h:1", dialect: dialect), dialect: dialect, key: nil, transport: transport,
            concurrency: concurrency, requestsPerMinute: requestsPerMinute, memory: memory, policy: RetryPolicy(attempts: attempts),
            clock: clock, random: { 0 }, onAttempt: { log.add($0) }, onNotice: { notices.add($0) })
    }

    @Test func aWaitBeyondPatienceEndsTheRunAtOnceAndSaysWhy() async throws {
        let (notices, clock) = (Collected<GateNotice>(), InstantClock())
        let transport = ScriptedTransport(.status(429, #"{"error":{"message":"come back"}}"#, headers: "Retry-After: 172800\r\n"))
        let teacher = try teacher(transport, clock: clock, notices: notices)
        let error = try await #require(throws: TeacherError.self) { try await teacher.reply(to: request()) }
        #expect(error.code == .turnedAway && error.endsRun)
        #expect(error.message.contains("asks to wait 2 days") && error.message.contains("come back"), "\(error.message)")
        #expect(notices.all.isEmpty && clock.sleeps.isEmpty && transport.requests.count == 1)
    }

    @Test func aLongWaitIsParkedAndTold() async throws {
        let clock = InstantClock()
        let notices = Collected<GateNotice>()
        let log = Collected<Attempt>()
        let transport = ScriptedTransport(
            .status(429, "{\"error\":{\"message\":\"come back\"}}", headers: "Retry-After: 7200\r\n"), .answer)
        // Parked, it is no attempt: even the only one allowed is still there.
        let reply = try await teacher(transport, attempts: 1, clock: clock, notices: notices, log: log).reply(to: request())
        #expect(reply.completion.text == "yes" && reply.response.attempts == 2)
        #expect(clock.sleeps == [.seconds(7200)])
        #expect(notices.all == [.waits(.seconds(7200), because: "HTTP 429: come back"), .goesOn])
        #expect(log.all.map(\.retryAfter) == [.seconds(7200), nil])
    }

    @Test func othersDoNotAskDuringALongWait() async throws {
        let transport = ScriptedTransport(.status(429, headers: "Retry-After: 60\r\n"), .answer)
        let clock = InstantClock()
        let teacher = try teacher(transport, concurrency: 1, clock: clock)
        // A clock that never ends its sleeps would hang here; this one says how long each wait was.
        async let first = teacher.reply(to: request(sample: 0))
        async let second = teacher.reply(to: request(sample: 1))
        _ = try await (first, second)
        #expect(transport.requests.count == 3)
        #expect(clock.sleeps.allSatisfy { $0 <= .seconds(60) } && clock.sleeps.contains(.seconds(60)))
    }

    @Test func anEndpointThatFailsIsProbedAndComesBack() async throws {
        // Twelve failures, three failed probes, then it serves.
        let results = Array(repeating: Result<Response, TransportFault>.status(500), count: 15) + [.answer]
        let clock = InstantClock()
        let notices = Collected<GateNotice>()
        let teacher = try teacher(ListedTransport(results), attempts: 100, clock: clock, notices: notices)
        #expect(try await teacher.reply(to: request()).response.attempts == 16)
        let waits = clock.sleeps.filter { $0 > .zero }
        #expect(waits == [.seconds(1), .seconds(2), .seconds(4), .seconds(8)])
        #expect(
            notices.all == [
                .waits(.seconds(4), because: "HTTP 500: {}"), .waits(.seconds(8), because: "HTTP 500: {}"),
                .goesOn,
            ])
    }

    @Test func anEndpointThatStaysDownEndsForAllWithoutSpendingTheirAttempts() async throws {
        let transport = ScriptedTransport(.status(500))
        let teacher = try teacher(transport, concurrency: 16, attempts: 100)
        let codes = await withTaskGroup(of: TeacherError.Code?.self) { group in
            for sample in 0..<200 {
                group.addTask {
                    do {
                        _ = try await teacher.reply(to: request(sample: sample))
                        return nil
                    } catch { return (error as? TeacherError)?.code }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(codes.count == 200 && codes.allSatisfy { $0 == .down })
        // Twelve open the breaker while up to fifteen others are on the wire; eight probes follow.
        #expect((20...35).contains(transport.requests.count), "\(transport.requests.count)")
    }

    @Test func aCancelledProbeLetsTheNextOneTry() async throws {
        let results = Array(repeating: Result<Response, TransportFault>.status(500), count: 12)
        let transport = ListedTransport(results, held: 12)
        let teacher = try teacher(transport, concurrency: 2, attempts: 12)
        _ = try? await teacher.reply(to: request(sample: 0))
        let probe = Task { try await teacher.reply(to: request(sample: 1)) }
        while transport.count < 13 { await Task.yield() }
        let next = Task { try await teacher.reply(to: request(sample: 2)) }
        probe.cancel()
        teacher.cutRequests()
        await #expect(throws: CancellationError.self) { try await probe.value }
        #expect(try await next.value.completion.text == "yes")
    }

    @Test func anAttemptThatIsStoppedOnTheWireIsHandedOutToo() async throws {
        let log = Collected<Attempt>()
        let transport = ListedTransport([], held: 0)
        let teacher = try teacher(transport, concurrency: 1, log: log)
        let asked = Task { try await teacher.reply(to: request(sample: 0)) }
        while transport.count == 0 { await Task.yield() }
        // This one waits for its place: it is never on the wire.
        let waiting = Task { try await teacher.reply(to: request(sample: 1)) }
        waiting.cancel()
        asked.cancel()
        teacher.cutRequests()
        await #expect(throws: CancellationError.self) { try await asked.value }
        await #expect(throws: CancellationError.self) { try await waiting.value }
        #expect(log.all.map(\.fault) == ["cut before an answer came"])
        #expect(log.all.first?.request.sample == 0)
    }

    @Test func theUsersLimitIsKept() async throws {
        let clock = InstantClock()
        let teacher = try teacher(ScriptedTransport(.answer), concurrency: 1, requestsPerMinute: 60, clock: clock)
        for sample in 0..<8 { _ = try await teacher.reply(to: request(sample: sample)) }
        // Six at once, then 54 a minute.
        #expect(clock.sleeps.count == 2)
        #expect(clock.sleeps.allSatisfy { abs($0 / .seconds(1) - 60.0 / 54) < 1e-6 }, "\(clock.sleeps)")
    }

    @Test func whatIsLearntIsKnownToTheNextRun() async throws {
        let memory = Memory()
        let told = Result<Response, TransportFault>.status(
            200, chatBody("yes"), headers: "x-ratelimit-limit-requests: 3\r\nx-ratelimit-remaining-requests: 2\r\n")
        _ = try await teacher(ScriptedTransport(told), memory: memory).reply(to: request())
        #expect(memory.recall("http://h:1") == KnownLimits(requests: 3))
        let clock = InstantClock()
        let next = try teacher(ScriptedTransport(.answer), memory: memory, clock: clock)
        for sample in 0..<4 { _ = try await next.reply(to: request(sample: sample)) }
        #expect(clock.sleeps == [.seconds(20)])
    }

    @Test func concurrencyBeginsWhereItWas() {
        #expect(EndpointState(most: 64, known: KnownLimits(concurrency: 9)).concurrency == 9)
        #expect(EndpointState(most: 4, known: KnownLimits(concurrency: 9)).concurrency == 4)
        #expect(EndpointState(most: 64).known == KnownLimits())
    }

    @Test func everyAttemptIsHandedOutWithItsProvidersName() async throws {
        let log = Collected<Attempt>()
        let transport = ListedTransport([
            .status(500, headers: "x-request-id: req-1\r\n"), .failure(TransportFault(.cut, "cut")),
            .status(200, "<html>", headers: "request-id: req-3\n"),
            .status(200, chatBody("yes"), headers: "X-Request-Id: req-4\r\n"),
        ])
        _ = try await teacher(transport, log: log).reply(to: request())
        #expect(log.all.map(\.requestID) == ["req-1", nil, "req-3", "req-4"])
        #expect(log.all.map(\.status) == [500, nil, 200, 200])
        #expect(log.all.map { $0.fault == nil } == [false, false, false, true])
        #expect(log.all.allSatisfy { $0.duration >= .zero })
    }
}

/// Plays its results in order, then answers; the request of number `held` never ends.
private final class ListedTransport: Transport {
    private let results: [Result<Response, TransportFault>]
    private let held: Int?
    private let number = Locked(0)

    init(_ results: [Result<Response, TransportFault>], held: Int? = nil) {
        self.results = results
        self.held = held
    }

    var count: Int { number.withLock { $0 } }

    func send(_ request: HTTPRequest) async throws -> Response {
        let index = number.withLock { number in
            number += 1
            return number - 1
        }
        if index == held { try await Task.sleep(for: .seconds(3600)) }
        return try (index < results.count ? results[index] : .answer).get()
    }
}
