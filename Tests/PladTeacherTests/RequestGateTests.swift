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
            endpoint: try Endpoint("http://h:1", dialect: dialect), dialect: dialect, access: Access(key: nil), transport: transport,
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

    @Test(arguments: [1767225600.0, 1767225600e3, 300_000]) func aPaceBeyondPatienceEndsTheRun(offset: Double) async throws {
        // Beyond a day from now, whichever way the moment is spelt.
        let reset =
            offset < 1e6 ? offset : offset < 1e12 ? Date().timeIntervalSince1970 + 300_000 : (Date().timeIntervalSince1970 + 300_000) * 1000
        let headers = "x-ratelimit-limit-requests: 1\r\nx-ratelimit-remaining-requests: 0\r\nx-ratelimit-reset-requests: \(Int(reset))\r\n"
        let clock = InstantClock()
        let teacher = try teacher(ScriptedTransport(.status(200, chatBody("yes"), headers: headers)), clock: clock)
        _ = try await teacher.reply(to: request())
        let error = try await #require(throws: TeacherError.self) { try await teacher.reply(to: request(sample: 1)) }
        #expect(error.code == .turnedAway && error.exitStatus == .tryAgain && error.endsRun)
        #expect(error.message.contains("ask to wait 3.5 days"), "\(error.message)")
        #expect(clock.sleeps.isEmpty)
    }

    @Test func aWaitForTheLimitsIsTold() async throws {
        let reset = Int(Date().timeIntervalSince1970) + 600
        let headers = "x-ratelimit-limit-requests: 1\r\nx-ratelimit-remaining-requests: 0\r\nx-ratelimit-reset-requests: \(reset)\r\n"
        let (clock, notices) = (InstantClock(), Collected<GateNotice>())
        let teacher = try teacher(ScriptedTransport(.status(200, chatBody("yes"), headers: headers)), clock: clock, notices: notices)
        for sample in 0..<2 { _ = try await teacher.reply(to: request(sample: sample)) }
        #expect(clock.sleeps.count == 1 && (.seconds(300)...(.seconds(601))).contains(clock.sleeps[0]))
        guard case .waits(let wait, _)? = notices.all.first else {
            Issue.record("nothing was told")
            return
        }
        #expect(wait == clock.sleeps[0])
    }

    @Test func aLimitOfTheUsersThatLetsNothingThroughEndsTheRun() async throws {
        let teacher = try teacher(ScriptedTransport(.answer), requestsPerMinute: 1e-30)
        _ = try await teacher.reply(to: request())
        let error = try await #require(throws: TeacherError.self) { try await teacher.reply(to: request(sample: 1)) }
        #expect(error.code == .turnedAway)
    }

    /// Cuts the request under way whenever a newer one comes, as llama-cpp-python's server does.
    private final class JealousTransport: Transport {
        private let newest = Locked(0)
        private let cut: Result<Response, TransportFault>
        init(_ cut: Result<Response, TransportFault>) { self.cut = cut }
        var requests: Int { newest.withLock { $0 } }

        func send(_ request: HTTPRequest) async throws -> Response {
            let number = newest.withLock { newest in
                newest += 1
                return newest
            }
            for _ in 0..<5 {
                try await Task.sleep(for: .milliseconds(1))
                if newest.withLock({ $0 != number }) { return try cut.get() }
            }
            return try Result.answer.get()
        }
    }

    @Test(arguments: [2, 4, 16, 64], [true, false])
    func aServerThatCutsTheOlderStreamIsAskedOneAtATime(concurrency: Int, isCutOnTheWire: Bool) async throws {
        let cut: Result<Response, TransportFault> =
            isCutOnTheWire
            ? .failure(TransportFault(.cut, "cut"))
            : .status(200, "data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\ndata: [DONE]\n\n")
        let transport = JealousTransport(cut)
        let teacher = try teacher(transport, concurrency: concurrency)
        let texts = try await withThrowingTaskGroup(of: String.self) { group in
            for sample in 0..<max(5, concurrency * 2) {
                group.addTask { try await teacher.reply(to: request(sample: sample)).completion.text }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(texts.count == max(5, concurrency * 2) && Set(texts) == ["yes"])
    }

    /// Answers every prompt but those whose sample is among the forbidden.
    private final class ForbiddingTransport: Transport {
        let body: String
        let forbidden: Range<Int>
        private let number = Locked(0)
        init(_ body: String, _ forbidden: Range<Int>) { (self.body, self.forbidden) = (body, forbidden) }

        func send(_ request: HTTPRequest) async throws -> Response {
            let number = number.withLock { number in
                number += 1
                return number - 1
            }
            return try (forbidden.contains(number) ? Result.status(403, body) : .answer).get()
        }
    }

    private func codes(_ transport: some Transport, key: String? = "sk-12345678", count: Int = 12) async throws -> [TeacherError.Code?] {
        let dialect = OpenAIChatDialect(model: "m")
        let teacher = RemoteTeacher(
            endpoint: try Endpoint("http://h:1", dialect: dialect), dialect: dialect,
            access: Access(key: try key.map { try Credential($0, source: "test") }),
            transport: transport, clock: InstantClock())
        var codes: [TeacherError.Code?] = []
        for sample in 0..<count {
            do {
                let reply = try await teacher.reply(to: request(sample: sample))
                codes.append(reply.completion.finishReason == .filtered ? .forbidden : nil)
            } catch let error as TeacherError { codes.append(error.code) }
        }
        return codes
    }

    @Test(arguments: [
        #"{"error":{"code":403,"message":"m requires moderation. Your input was flagged"}}"#,
        #"{"code":"permission-denied","error":"Content violates usage guidelines."}"#,
        #"{"error":{"message":"Request blocked by rule 17"}}"#, "{}",
    ])
    func aPromptThatIsForbiddenAloneIsWithheldAndEndsNothing(body: String) async throws {
        for place in [0, 5, 11] {
            let codes = try await codes(ForbiddingTransport(body, place..<place + 1))
            #expect(codes.enumerated().allSatisfy { $1 == ($0 == place ? .forbidden : nil) }, "\(codes)")
        }
        #expect(!TeacherError(.forbidden, "").endsRun)
    }

    @Test func aKeyIsRefusedByWhatTheErrorSaysOrByAllRequests() async throws {
        let said = #"{"error":{"message":"Invalid API key","code":"invalid_api_key"}}"#
        #expect(try await codes(ForbiddingTransport(said, 0..<9), count: 1) == [.keyRefused])
        #expect(try await codes(ForbiddingTransport(said, 3..<4), count: 4) == [nil, nil, nil, .keyRefused])
        #expect(try await codes(ForbiddingTransport("{}", 0..<9), count: 3) == [.forbidden, .forbidden, .keyRefused])
        #expect(try await codes(ForbiddingTransport("{}", 0..<9), key: nil, count: 1) == [.keyRefused])
        // Once anybody was answered it takes more of them in a row, with no answer between.
        #expect(
            try await codes(ForbiddingTransport("{}", 1..<9), count: 9) == [nil] + Array(repeating: .forbidden, count: 7) + [.keyRefused])
        let region = #"{"error":{"code":"unsupported_country_region_territory","message":"Country, region, or territory not supported"}}"#
        #expect(try await codes(ForbiddingTransport(region, 3..<9), count: 4) == [nil, nil, nil, .keyRefused])
    }

    @Test func aPageInEveryAnswersPlaceEndsTheRunAndSaysSo() async throws {
        let page = "<html><head><title>Attention Required! | Cloudflare</title></head></html>"
        #expect(try await codes(ForbiddingTransport(page, 0..<9), count: 3) == [.rejected, .rejected, .webPage])
        #expect(try await codes(ForbiddingTransport(page, 4..<5), count: 6) == [nil, nil, nil, nil, .rejected, nil])
        let teacher = try teacher(ScriptedTransport(.status(403, page)))
        let error = try await #require(throws: TeacherError.self) { try await teacher.reply(to: request()) }
        #expect(error.message.contains("a web page titled \"Attention Required! | Cloudflare\" came, not the API's response"))
        #expect(!error.message.contains("key"))
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
        #expect(log.all.map(\.fault) == ["cut before a response came"])
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
