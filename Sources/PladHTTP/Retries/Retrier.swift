/// The attempts of one request, and the waits between them: whatever asks again, asks by it.
///
/// A value for each request; the policy decides, this counts and waits. A parked wait, whose time the endpoint has named, is no
/// attempt of the policy's, but is one of `attempt`.
package struct Retrier: Sendable {
    /// Which attempt is under way, from 1, parked ones included.
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

    /// The decision after the attempt under way, which brought no completion.
    ///
    /// - Parameter contacted: whether the endpoint has ever answered, to whichever request.
    package func decide(after outcome: RetryPolicy.Outcome, contacted: Bool) -> RetryPolicy.Decision {
        policy.decide(after: outcome, attempt: attempt - parked, parked: parked, contacted: contacted, random: random())
    }

    /// Waits as decided, and begins the next attempt; false where there is none. Throws `CancellationError`.
    package mutating func goOn(_ decision: RetryPolicy.Decision) async throws -> Bool {
        guard let wait = decision.wait else { return false }
        try await clock.sleep(for: wait)
        if case .park = decision { parked += 1 }
        attempt += 1
        return true
    }

    /// Decides, waits and begins the next attempt; false where the request is given up.
    package mutating func goOn(after outcome: RetryPolicy.Outcome, contacted: Bool) async throws -> Bool {
        try await goOn(decide(after: outcome, contacted: contacted))
    }

    /// Begins the next attempt without a wait, for a request that is changed; false where no attempt is left.
    package mutating func goOnAtOnce() -> Bool {
        guard attempt < policy.attempts else { return false }
        attempt += 1
        return true
    }

    /// Counts anew: the attempt under way has brought something that is kept.
    package mutating func begin() { (attempt, parked) = (1, 0) }

    /// True if it is the number of attempts that ends the request, and not what came of the last.
    package func isExhausted(_ outcome: RetryPolicy.Outcome) -> Bool { policy.isExhausted(attempt - parked, outcome) }
}
