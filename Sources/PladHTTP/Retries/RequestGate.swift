import Foundation
import PladRecords

/// The start, or end, of a wait of all requests to an endpoint.
package enum GateNotice: Sendable, Hashable {
    /// All requests wait for this time, for this reason.
    case waits(Duration, because: String)
    /// The endpoint has responded again.
    case goesOn
}

/// Admits requests to one endpoint, by the decisions of `EndpointState`. Requests wait here for the endpoint's rate; one that waits for
/// its retry is not counted as concurrent.
package final class RequestGate: Sendable {
    package struct Down: Error { package let last: RetryPolicy.Outcome? }
    /// The error for limits that require a wait longer than plad allows.
    package struct TooLong: Error { package let wait: Duration }

    private struct State {
        var endpoint: EndpointState
        var last: RetryPolicy.Outcome?
        /// Requests that wait for the end of the probe, by number.
        var waiting: [UInt64: CheckedContinuation<Void, any Error>] = [:]
        var number: UInt64 = 0
        /// End of the last wait that was reported; nil after its end was reported.
        var noticed: Duration?
        /// Longest wait for the limits that was reported.
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
    /// Counts a forbidden request. Returns true if the prompts are not the cause: none was ever completed.
    package func forbade() -> Bool {
        state.withLock { state in
            state.endpoint.forbade()
            return state.endpoint.isForbidden
        }
    }
    package func gaveUp() { state.withLock { $0.endpoint.gaveUp() } }

    /// Calls `body` as soon as a request may be sent, and records the outcome that it returns.
    ///
    /// - Parameter tokens: estimate of the request's tokens.
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

    /// Reports a wait for the limits that is longer than a few seconds, and again when it has doubled.
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

    /// Changes the state and then, outside the lock, acts on the change.
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

/// The outcome of an attempt, from which the endpoint's state is updated.
package protocol AttemptOutcome {
    /// Reason of the failure; nil for a completion.
    var refusal: RetryPolicy.Outcome? { get }
    /// Number of tokens, if the response has it.
    var tokens: Int? { get }
    /// Headers of the response; nil without one.
    var headers: ResponseHeaders? { get }
}
