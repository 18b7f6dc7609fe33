/// Counts the attempts of one request and waits between them; used by everything that retries.
///
/// One value for each request; the policy decides. A parked wait, for a time that the endpoint named, does not count for the policy,
/// but counts in `attempt`.
package struct Retrier: Sendable {
    /// Number of the current attempt, from 1, parked ones included.
    package private(set) var attempt = 1
    private var parked = 0
    private let policy: RetryPolicy
    private let clock: any Clock<Duration>
    private let random: @Sendable () -> Double

    /// - Parameter random: numbers in [0, 1) for the jitter.
    package init(
        _ policy: RetryPolicy, clock: any Clock<Duration> = ContinuousClock(),
        random: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) }
    ) {
        self.policy = policy
        self.clock = clock
        self.random = random
    }

    /// The decision after the current attempt, which brought no completion.
    ///
    /// - Parameter contacted: true if the endpoint has ever responded to any request.
    package func decide(after outcome: RetryPolicy.Outcome, contacted: Bool) -> RetryPolicy.Decision {
        policy.decide(after: outcome, attempt: attempt - parked, parked: parked, contacted: contacted, random: random())
    }

    /// Waits by a decision and starts the next attempt; returns false if there is none. Throws `CancellationError`.
    package mutating func goOn(_ decision: RetryPolicy.Decision) async throws -> Bool {
        guard let wait = decision.wait else { return false }
        try await clock.sleep(for: wait)
        if case .park = decision { parked += 1 }
        attempt += 1
        return true
    }

    /// Decides, waits and starts the next attempt; returns false if the request has failed.
    package mutating func goOn(after outcome: RetryPolicy.Outcome, contacted: Bool) async throws -> Bool {
        try await goOn(decide(after: outcome, contacted: contacted))
    }

    /// Starts the next attempt without a wait, for a changed request; returns false if no attempt is left.
    package mutating func goOnAtOnce() -> Bool {
        guard attempt < policy.attempts else { return false }
        attempt += 1
        return true
    }

    /// Resets the count, after an attempt with a partial result that is kept.
    package mutating func begin() { (attempt, parked) = (1, 0) }

    /// True if the number of attempts ends the request, not the last outcome.
    package func isExhausted(_ outcome: RetryPolicy.Outcome) -> Bool { policy.isExhausted(attempt - parked, outcome) }
}
