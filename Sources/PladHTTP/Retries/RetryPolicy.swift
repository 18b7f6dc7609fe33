/// When an attempt that brought no answer is made again, and after how long.
///
/// A pure value: it decides from what was seen and from one random number in [0, 1), and knows no clock.
///
/// | seen | decision |
/// |---|---|
/// | 408, 409, 425, 429, 500, 502, 503, 504, any other 5xx, 529 | retry |
/// | any of these that asks for a wait of more than a day | give up, and ask nobody else either |
/// | any of these that asks for a wait of a second or more | park: wait as it asks, up to 20 times; counts as no attempt |
/// | 429 with a quota code, 402 | give up: money is out, time does not help |
/// | any other status (400, 401, 403, 404, 413, 422, redirects …) | give up: the same request meets the same answer |
/// | connection cut, response not whole in time, body broken or not JSON | retry |
/// | no address, no connection, before the endpoint ever answered | give up: the address is wrong until proven otherwise |
/// | no address, no connection, after it has answered | retry |
/// | certificate not trusted, body over the limit | give up |
///
/// The wait before attempt n + 1 is `random × min(ceiling, base × 2^(n−1))` (full jitter): with the standard policy at most
/// 0.5, 1, 2, 4, 8, 16, 32 seconds. A wait that the endpoint asks for is obeyed, with up to `base` on top so that
/// requests turned away together do not come back together; one longer than `patience`, a day, is not waited for: the run ends.
package struct RetryPolicy: Sendable, Hashable {
    /// The most attempts for one answer, the first included.
    package var attempts: Int
    package var base: Duration
    package var ceiling: Duration
    /// The longest wait that an endpoint may ask for.
    package static let patience = Duration.seconds(86_400)
    /// Times that one request waits for a time that the endpoint names, at most.
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
        /// The endpoint has named a time: the request waits for it, and this was no attempt.
        case park(for: Duration)
        case giveUp

        /// Before the next attempt; nil where there is none.
        package var wait: Duration? {
            switch self {
            case .retry(let wait), .park(let wait): wait
            case .giveUp: nil
            }
        }
    }

    /// - Parameters:
    ///   - attempt: which attempt came to this outcome, from 1, without those that were parked.
    ///   - parked: how often the request was parked before.
    ///   - contacted: whether the endpoint has ever answered, to whichever request.
    ///   - random: a number in [0, 1).
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

    /// True if it was the number of attempts that ended a request, and not what came of the last.
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
    /// True if the same request may be answered later.
    package var isPassing: Bool { !isQuota && ([408, 409, 425, 429].contains(status) || (500..<600).contains(status)) }
}

extension RetryPolicy.Outcome {
    /// The event, in half a line.
    package var summary: String {
        switch self {
        case .fault(let fault, _): "HTTP \(fault.status): \(fault.message)"
        case .unreadable(let reason): "unreadable response: \(reason)"
        case .transport(let fault): fault.reason
        }
    }
}
