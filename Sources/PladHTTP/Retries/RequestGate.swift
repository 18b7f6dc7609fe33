import Foundation
import PladRecords

/// A wait that an endpoint's state lays on everybody, or its end.
package enum GateNotice: Sendable, Hashable {
    /// Nobody asks for so long, for this reason.
    case waits(Duration, because: String)
    /// It has answered again.
    case goesOn
}

/// Lets requests out to one endpoint: as many at a time and as soon as `EndpointState` judges. Who waits for the pace of the endpoint
/// waits here; who waits to be retried holds no place.
package final class RequestGate: Sendable {
    package struct Down: Error { package let last: RetryPolicy.Outcome? }
    /// The limits ask for a wait that is longer than anybody waits.
    package struct TooLong: Error { package let wait: Duration }

    private struct State {
        var endpoint: EndpointState
        var last: RetryPolicy.Outcome?
        /// Requests that wait for the probe to end, by number.
        var waiting: [UInt64: CheckedContinuation<Void, any Error>] = [:]
        var number: UInt64 = 0
        /// The end of the wait that was told last; nil once it was told that it goes on.
        var noticed: Duration?
        /// The longest wait for the limits that was told.
        var pace = Duration.zero
    }

    private let state: Locked<State>
    private let limit: ConcurrencyLimit
    private let origin: String
    private let clock: any Clock<Duration>
    private let now: @Sendable () -> Duration
    private let memory: (any EndpointMemory)?
    private let onNotice: @Sendable (GateNotice) -> Void

    package init(
        _ origin: String, concurrency: Int, requestsPerMinute: Double?, tokensPerMinute: Double?, clock: any Clock<Duration>,
        memory: (any EndpointMemory)?, onNotice: @escaping @Sendable (GateNotice) -> Void
    ) {
        let known = memory?.recall(origin) ?? KnownLimits()
        let limits = RateLimits(requestsPerMinute: requestsPerMinute, tokensPerMinute: tokensPerMinute, known: known)
        let endpoint = EndpointState(most: concurrency, known: known, limits: limits)
        state = Locked(State(endpoint: endpoint))
        limit = ConcurrencyLimit(endpoint.concurrency)
        self.origin = origin
        self.clock = clock
        now = Self.stopwatch(clock)
        self.memory = memory
        self.onNotice = onNotice
    }

    deinit { memory?.remember(state.withLock { $0.endpoint.known }, of: origin) }

    private static func stopwatch(_ clock: some Clock<Duration>) -> @Sendable () -> Duration {
        let start = clock.now
        return { start.duration(to: clock.now) }
    }

    package var hasContact: Bool { state.withLock { $0.endpoint.hasContact } }
    package var isDown: Bool { state.withLock { $0.endpoint.isDown } }
    package var hasAnswered: Bool { state.withLock { $0.endpoint.hasAnswered } }
    /// Counts a request that was forbidden. Answers whether it is not the prompts: none was ever answered.
    package func forbade() -> Bool {
        state.withLock { state in
            state.endpoint.forbade()
            return state.endpoint.isForbidden
        }
    }
    package func gaveUp() { state.withLock { $0.endpoint.gaveUp() } }

    /// Calls `body` with a place on the wire once the endpoint is to be asked, and learns from what it returns.
    /// - Parameter tokens: what the request may use.
    package func withPermit<Brought: AttemptOutcome>(
        tokens: @autoclosure () -> Double, _ body: () async throws -> Brought
    ) async throws -> Brought {
        try await limit.withPermit {
            let permit = try await admission(tokens: tokens)
            do {
                let brought = try await body()
                ended(permit, brought)
                return brought
            } catch {
                abandoned(permit)
                throw error
            }
        }
    }

    private func admission(tokens: () -> Double) async throws -> EndpointState.Permit {
        while true {
            let (admission, number) = state.withLock { state in
                state.number += 1
                return (state.endpoint.admit(tokens: tokens, at: now()), state.number)
            }
            switch admission {
            case .go(let permit, let wait):
                guard wait > .zero else { return permit }
                guard wait <= RetryPolicy.patience else {
                    abandoned(permit)
                    throw TooLong(wait: wait)
                }
                tell(ofPace: wait)
                do {
                    try await clock.sleep(for: wait)
                    return permit
                } catch {
                    abandoned(permit)
                    throw error
                }
            case .wait(let time): try await clock.sleep(for: time)
            case .waitForProbe: try await probe(number)
            case .down: throw Down(last: state.withLock { $0.last })
            }
        }
    }

    /// Tells of a wait for the limits that is longer than a few seconds, and again when it has become twice as long.
    private func tell(ofPace wait: Duration) {
        guard wait >= .seconds(4) else { return }
        let isNews = state.withLock { state in
            guard wait >= state.pace * 2 else { return false }
            state.pace = wait
            return true
        }
        if isNews { onNotice(.waits(wait, because: "the limits on requests or tokens are used up")) }
    }

    /// Returns once the probe has ended.
    private func probe(_ number: UInt64) async throws {
        try await withCancellableWait { continuation in
            let isOver = state.withLock { state in
                guard case .halfOpen = state.endpoint.breaker.state else { return true }
                state.waiting[number] = continuation
                return false
            }
            if isOver { continuation.resume() }
        } onCancel: { [self] in
            state.withLock { $0.waiting.removeValue(forKey: number) }?.resume(throwing: CancellationError())
        }
    }

    private func ended(_ permit: EndpointState.Permit, _ brought: some AttemptOutcome) {
        let headers = brought.headers.flatMap { $0.mentions("ratelimit-") ? $0 : nil }
        let told = headers.map { headers in
            RateHeader.Kind.allCases.compactMap { kind in RateHeader(kind, in: headers).map { (kind, $0) } }
        }
        let time = now()
        update { state in
            let before = state.endpoint.known
            var notice: GateNotice?
            if let outcome = brought.refusal {
                state.last = outcome
                if state.endpoint.refused(permit, outcome, at: time) {
                    let wait = state.endpoint.waitsForAll(at: time)
                    // Waits of a few seconds permit before a person has read of them.
                    if wait >= .seconds(4), time + wait > (state.noticed ?? .zero) + .seconds(2) {
                        notice = .waits(wait, because: outcome.summary)
                        state.noticed = time + wait
                    }
                }
            } else {
                state.endpoint.answered(permit, tokens: brought.tokens)
                if state.noticed != nil { notice = .goesOn }
                state.noticed = nil
            }
            var isNews = before.concurrency != state.endpoint.known.concurrency && state.endpoint.concurrency < before.concurrency ?? .max
            for (kind, header) in told ?? [] where state.endpoint.observe(kind, header, at: time) { isNews = true }
            return (notice, isNews)
        }
    }

    private func abandoned(_ permit: EndpointState.Permit) {
        let time = now()
        update { state in
            state.endpoint.abandoned(permit, at: time)
            return (nil, false)
        }
    }

    /// Changes the state and does what follows from it, outside the lock.
    private func update(_ change: (inout State) -> (GateNotice?, isNews: Bool)) {
        let (notice, concurrency, waiting, news) = state.withLock { state in
            let (notice, isNews) = change(&state)
            var waiting: [CheckedContinuation<Void, any Error>] = []
            if !state.waiting.isEmpty {
                if case .halfOpen = state.endpoint.breaker.state {
                } else {
                    waiting = Array(state.waiting.values)
                    state.waiting = [:]
                }
            }
            return (notice, state.endpoint.concurrency, waiting, isNews ? state.endpoint.known : nil)
        }
        limit.resize(to: concurrency)
        for continuation in waiting { continuation.resume() }
        if let notice { onNotice(notice) }
        if let news { memory?.remember(news, of: origin) }
    }
}

/// The lesson that an attempt teaches of its endpoint.
package protocol AttemptOutcome {
    /// Nil for an answer.
    var refusal: RetryPolicy.Outcome? { get }
    /// The tokens of an answer, where they are told.
    var tokens: Int? { get }
    /// Nil where no response came.
    var headers: ResponseHeaders? { get }
}
