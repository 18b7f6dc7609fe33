/// The policy of retries: if an attempt without a completion is repeated, and after what wait.
///
/// A pure value: it decides by the outcome and a random number in [0, 1), without a clock.
///
/// | seen | decision |
/// |---|---|
/// | 408, 409, 425, 429, 500, 502, 503, 504, any other 5xx, 529 | retry |
/// | any of these that requires a wait of more than a day | give up, and end the run |
/// | any of these that requires a wait of a second or more | park: wait as required, up to 20 times; does not count as an attempt |
/// | 429 with a quota code, 402 | give up: the account is empty, waiting does not help |
/// | any other status (400, 401, 403, 404, 413, 422, redirects …) | give up: the same request would fail again |
/// | connection cut, response not whole in time, body broken or not JSON | retry |
/// | no address, no connection, before any response of the endpoint | give up: the address is probably wrong |
/// | no address, no connection, after a response of the endpoint | retry |
/// | certificate not trusted, body over the limit | give up |
///
/// The wait before attempt n + 1 is `random × min(ceiling, base × 2^(n−1))` (full jitter): with the standard policy at most 0.5, 1, 2,
/// 4, 8, 16, 32 seconds. A wait that the endpoint requires is obeyed, with up to `base` on top so that requests refused together are
/// not repeated together; one longer than `patience`, a day, ends the run.
package struct RetryPolicy: Sendable, Hashable {
    /// Largest number of attempts for one completion, the first included.
    package var attempts: Int
    package var base: Duration
    package var ceiling: Duration
    /// Longest wait that an endpoint may require.
    package static let patience = Duration.seconds(86_400)
    /// Largest number of times that one request waits for a time named by the endpoint.
    package var parkings: Int

    package init(
        attempts: Int = 8, base: Duration = .milliseconds(500), ceiling: Duration = .seconds(60),
        parkings: Int = 20
    ) {
        self.attempts = attempts
        self.base = base
        self.ceiling = ceiling
        self.parkings = parkings
    }

    /// The outcome of an attempt that brought no completion.
    package enum Outcome: Sendable, Hashable {
        case fault(ProviderFault, retryAfter: Duration?)
        case unreadable(String)
        case transport(TransportFault)
    }

    package enum Decision: Sendable, Hashable {
        case retry(after: Duration)
        /// The endpoint has named a time: the request waits for it, and the attempt does not count.
        case park(for: Duration)
        case giveUp

        /// Wait before the next attempt; nil if there is none.
        package var wait: Duration? {
            switch self {
            case .retry(let wait), .park(let wait): wait
            case .giveUp: nil
            }
        }
    }

    /// - Parameters:
    ///   - attempt: number of the attempt with this outcome, from 1, without parked ones.
    ///   - parked: number of times that the request was parked before.
    ///   - contacted: true if the endpoint has ever responded to any request.
    ///   - random: number in [0, 1).
    package func decide(after outcome: Outcome, attempt: Int, parked: Int = 0, contacted: Bool, random: Double) -> Decision {
        guard isWorthRetrying(outcome, contacted: contacted) else { return .giveUp }
        if case .fault(_, let asked?) = outcome {
            if asked > Self.patience { return .giveUp }
            if asked >= .seconds(1), parked < parkings { return .park(for: asked + base * random) }
            return attempt < attempts ? .retry(after: asked + base * random) : .giveUp
        }
        guard attempt < attempts else { return .giveUp }
        // 2^20 times any base in use is past any ceiling, and still a finite duration.
        let doubled = base * (1 << min(attempt - 1, 20))
        return .retry(after: min(ceiling, doubled) * random)
    }

    /// True if the number of attempts ended a request, not the last outcome.
    package func isExhausted(_ attempt: Int, _ outcome: Outcome) -> Bool {
        attempt >= attempts && isWorthRetrying(outcome, contacted: true)
    }

    private func isWorthRetrying(_ outcome: Outcome, contacted: Bool) -> Bool {
        switch outcome {
        case .fault(let fault, _):
            return fault.isPassing
        case .unreadable:
            return true
        case .transport(let fault):
            return switch fault.kind {
            case .cut, .timeout, .other: true
            case .unresolved, .unconnected: contacted
            case .untrusted, .tooLarge, .stopped: false
            }
        }
    }
}

extension ProviderFault {
    /// True if the same request may succeed later.
    package var isPassing: Bool { !isQuota && ([408, 409, 425, 429].contains(status) || (500..<600).contains(status)) }
}

extension RetryPolicy.Outcome {
    /// The outcome in a few words.
    package var summary: String {
        switch self {
        case .fault(let fault, _): "HTTP \(fault.status): \(fault.message)"
        case .unreadable(let reason): "unreadable response: \(reason)"
        case .transport(let fault): fault.reason
        }
    }
}
