import Foundation
package import PladHTTP
import PladRecords

/// A teacher behind an HTTP endpoint; limits, retries and counts all attempts.
package final class RemoteTeacher: Teacher {
    package let endpoint: Endpoint
    package let dialect: any Dialect
    var hasKey: Bool { !secrets.isEmpty }
    let keyAdvice: String
    private let headers: [HTTPHeader]
    let secrets: [HTTPHeader]
    private let transport: any Transport
    private let retrier: Retrier
    private let budget: (any BudgetGuard)?
    private let onAttempt: @Sendable (Attempt) -> Void
    private let gate: RequestGate
    private let streaming: Streaming
    private let idleTimeout: Duration
    private let underWay: RequestsUnderWay
    /// True once streaming failed and the same request without it worked.
    private let refusesStreams = Locked(false)
    /// True once the endpoint returned fewer completions than a request asked for.
    let refusesSeveral = Locked(false)

    /// - Parameters:
    ///   - concurrency: largest number of concurrent requests, fewer while the endpoint throttles; one that waits for its retry does
    ///     not count.
    ///   - streaming: choice of the completions to stream.
    ///   - idleTimeout: longest time without progress in a stream, which in total may take thirty times as long, or an hour if that is
    ///     more. Also the longest time that a request of a cancelled caller may continue.
    ///   - access: key, and additional headers, which override the dialect's and the key's by name.
    ///   - requestsPerMinute, tokensPerMinute: user's limits beside the endpoint's own.
    ///   - memory: stores limits of the endpoint for the next run.
    ///   - random: numbers in [0, 1) for the jitter.
    ///   - budget: pays for every attempt; nil for none.
    ///   - onAttempt: called after every attempt, the successful one too; from many tasks.
    ///   - onNotice: called when all requests must wait, with the reason and the time.
    package init(
        endpoint: Endpoint, dialect: any Dialect, access: Access, transport: any Transport, concurrency: Int = 64,
        streaming: Streaming = .never, idleTimeout: Duration = .seconds(120), requestsPerMinute: Double? = nil,
        tokensPerMinute: Double? = nil,
        memory: (any EndpointMemory)? = nil, policy: RetryPolicy = RetryPolicy(), clock: any Clock<Duration> = ContinuousClock(),
        random: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) },
        budget: (any BudgetGuard)? = nil, onAttempt: @escaping @Sendable (Attempt) -> Void = { _ in },
        onNotice: @escaping @Sendable (GateNotice) -> Void = { _ in }
    ) {
        self.endpoint = endpoint
        self.dialect = dialect
        keyAdvice = access.advice
        headers = dialect.headers(key: access.key, given: access.headers)
        secrets = headers.filter(\.isSecret)
        self.transport = transport
        gate = RequestGate(
            endpoint.origin, concurrency: concurrency, requestsPerMinute: requestsPerMinute, tokensPerMinute: tokensPerMinute,
            clock: clock, memory: memory, onNotice: onNotice)
        self.streaming = streaming
        self.idleTimeout = idleTimeout
        underWay = RequestsUnderWay(patience: idleTimeout)
        retrier = Retrier(policy, clock: clock, random: random)
        self.budget = budget
        self.onAttempt = onAttempt
    }

    /// Number of requests that are on the wire or whose completion is not stored yet.
    package var requestsUnderWay: Int { underWay.count }

    /// Aborts the requests on the wire, which may have been charged, for cancelled callers that should not wait for them.
    package func cutRequests() { underWay.cut() }

    /// The reply to the request. If the task is cancelled, a request on the wire continues, since it is paid for; one that is waiting
    /// ends at once.
    package func reply(to request: TeacherRequest) async throws -> Reply { try await reply(to: request, sending: request) }

    /// - Parameter sent: request to send: the request itself, or one for several completions of which this is the first.
    func reply(to request: TeacherRequest, sending sent: TeacherRequest) async throws -> Reply {
        var stream = StreamUse(streaming, request, isRefused: refusesStreams.withLock { $0 })
        var retrier = retrier
        while true {
            let exchange: Exchange
            do {
                let message = message(for: sent, isStreamed: stream.isOn)
                exchange = try await gate.withPermit(tokens: sent.estimatedTokens) {
                    try await paying(for: sent) { try await send(message, request, retrier.attempt) }
                }
            } catch let down as RequestGate.Down {
                throw error(after: down, attempts: retrier.attempt - 1)
            } catch let limits as RequestGate.TooLong {
                throw TeacherError(
                    .turnedAway,
                    "the limits on requests and tokens ask to wait \(Self.days(limits.wait)) days for \(endpoint.origin), and plad waits for one at most: raise `teacher.requests_per_minute` or `teacher.tokens_per_minute` where you have set them, or run the command again then"
                )
            }
            var attempt = Attempt(request: request, number: retrier.attempt, exchange)
            guard case .refusal(let outcome) = exchange.seen else {
                onAttempt(attempt)
                if stream.isRefused { refusesStreams.withLock { $0 = true } }
                return exchange.reply(after: retrier.attempt)
            }
            if stream.gaveWay(to: outcome), retrier.goOnAtOnce() {
                onAttempt(attempt)
                continue
            }
            let decision = retrier.decide(after: outcome, contacted: gate.hasContact)
            attempt.retryAfter = decision.wait
            onAttempt(attempt)
            guard try await retrier.goOn(decision) else {
                if retrier.isExhausted(outcome) { gate.gaveUp() }
                throw error(after: outcome, attempts: retrier.attempt, isDown: gate.isDown, forbidsAll: forbidsAll(outcome))
            }
        }
    }

    /// True if a forbidden request means that all are: without a key, or without any completion so far.
    private func forbidsAll(_ outcome: RetryPolicy.Outcome) -> Bool {
        guard case .fault(let fault, _) = outcome, [.forbidden, .page].contains(fault.kind) else { return false }
        return gate.forbade() || (fault.kind == .forbidden && !hasKey && !gate.hasAnswered)
    }

    private func message(for request: TeacherRequest, isStreamed: Bool) -> HTTPRequest {
        guard isStreamed else {
            return HTTPRequest(url: endpoint.origin + request.path, headers: headers, body: Data(request.bodyText.utf8))
        }
        let form = dialect.streamed(WireForm(request))
        var message = HTTPRequest(url: endpoint.origin + form.path, headers: headers, body: Data(form.body.canonical.utf8))
        message.idleTimeout = idleTimeout
        message.isEventStream = true
        message.choices = dialect.choices.map { $0.count(in: request) } ?? 1
        message.totalTimeout = max(.seconds(3600), idleTimeout * 30)
        return message
    }

    /// Makes one attempt with its upper bound reserved. An attempt that was aborted may have been charged; a completion is paid for
    /// when it is stored.
    private func paying(for request: TeacherRequest, _ attempt: () async throws -> Exchange) async throws -> Exchange {
        guard let budget else { return try await attempt() }
        let reservation = try await budget.reserve(for: request)
        guard !Task.isCancelled else {
            try await budget.settle(reservation, .nothing)
            throw CancellationError()
        }
        var exchange: Exchange
        do {
            exchange = try await attempt()
        } catch {
            try await budget.settle(reservation, .doubtful)
            throw error
        }
        if let refusal = exchange.refusal {
            try await budget.settle(reservation, refusal.settlement(status: exchange.response?.status))
        } else {
            exchange.reservation = reservation
        }
        return exchange
    }

    /// Sends one request. One that is cut off is an attempt too.
    private func send(_ message: HTTPRequest, _ request: TeacherRequest, _ number: Int) async throws -> Exchange {
        try Task.checkCancellation()
        let started = Date()
        let begin = ContinuousClock.now
        do {
            let (received, place) = try await underWay.response { [transport] in try await transport.send(message) }
            var response = received
            let isError = !(200..<300).contains(response.status)
            for header in secrets { response.body = header.redacting(response.body, isError: isError) }
            let seen: Exchange.Seen =
                switch dialect.read(status: response.status, body: response.body, withholding: secrets) {
                case .completion(let completion): .answer(completion)
                case .unreadable(let reason): .refusal(.unreadable(reason))
                case .fault(let fault): .refusal(.fault(fault, retryAfter: RetryAfter.wait(in: response.headers) ?? fault.wait))
                }
            var exchange = Exchange(started: started, duration: begin.duration(to: .now), response: response, seen: seen)
            if exchange.refusal == nil { exchange.underWay = place }
            return exchange
        } catch let fault as TransportFault {
            return Exchange(started: started, duration: begin.duration(to: .now), response: nil, seen: .refusal(.transport(fault)))
        } catch let stop as CancellationError {
            onAttempt(
                Attempt(
                    request: request, number: number, started: started, duration: begin.duration(to: .now), status: nil,
                    fault: "cut before a response came", retryAfter: nil))
            throw stop
        }
    }
}
