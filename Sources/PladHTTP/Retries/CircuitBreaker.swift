/// A circuit breaker: stops requests to an endpoint that fails all of them, and probes it with one request at a time.
///
/// A pure value: `now` is a time since any fixed point. Failures are server errors, broken and unreadable responses, and connections
/// that are not made; a throttle, a refusal or a completion is a success, since the endpoint works.
///
/// | state | seen | becomes |
/// |---|---|---|
/// | closed | a success | closed, failures counted from 0 |
/// | closed | the 12th failure with no success between | open for 1 s |
/// | open | asked to admit before its time | open: wait the rest |
/// | open | asked to admit after its time | half-open: this request is the probe |
/// | open | a failure of a request sent before | open |
/// | half-open | asked to admit | half-open: wait for the probe |
/// | half-open | the probe fails | open for twice as long as the last time, at most 60 s |
/// | half-open | the probe is cancelled | open, its time over |
/// | half-open | the 8th probe in a row fails | down: no request is admitted any more |
/// | any but down | a success of any request | closed |
///
/// Eight probes take 3 minutes. An endpoint of which three attempts in ten fail independently has twelve failures in a row once in two
/// million.
///
/// Source of the pattern: M. Nygard, "Release It!", 2nd edition, 2018, chapter 5.
package struct CircuitBreaker: Sendable, Hashable {
    package enum State: Sendable, Hashable {
        case closed(failures: Int)
        /// - Parameter round: number of failed probes.
        case open(until: Duration, round: Int)
        case halfOpen(round: Int)
        case down
    }

    package enum Admission: Sendable, Hashable {
        case go(isProbe: Bool)
        case wait(Duration)
        case waitForProbe
        case down
    }

    package static let threshold = 12
    package static let rounds = 8
    package static let ceiling = Duration.seconds(60)

    package private(set) var state = State.closed(failures: 0)

    package init() {}

    package mutating func admit(at now: Duration) -> Admission {
        switch state {
        case .closed: return .go(isProbe: false)
        case .open(let until, _) where now < until: return .wait(until - now)
        case .open(_, let round):
            state = .halfOpen(round: round)
            return .go(isProbe: true)
        case .halfOpen: return .waitForProbe
        case .down: return .down
        }
    }

    package mutating func succeeded() {
        if state != .down { state = .closed(failures: 0) }
    }

    package mutating func failed(isProbe: Bool, at now: Duration) {
        switch state {
        case .closed(let failures) where failures + 1 < Self.threshold: state = .closed(failures: failures + 1)
        case .closed: state = .open(until: now + Self.wait(round: 0), round: 0)
        case .halfOpen(let round) where isProbe:
            state = round + 1 < Self.rounds ? .open(until: now + Self.wait(round: round + 1), round: round + 1) : .down
        case .open, .halfOpen, .down: break
        }
    }

    /// Records a request that was cancelled before its outcome.
    package mutating func abandoned(isProbe: Bool, at now: Duration) {
        if isProbe, case .halfOpen(let round) = state { state = .open(until: now, round: round) }
    }

    private static func wait(round: Int) -> Duration { min(ceiling, .seconds(1 << round)) }
}
