/// The state of an endpoint by the outcomes of all requests so far, which decides when the next may be sent.
///
/// A pure value. A long wait that the endpoint requires of one request applies to all, a circuit breaker stops requests to a failing
/// endpoint, and rate limits space the others. Concurrency follows additive increase and multiplicative decrease (Chiu and Jain 1989)
/// over windows of as many outcomes as there are concurrent requests: if more than a quarter of a window is throttled, it is reduced by
/// three tenths; every 25 completions add one, up to `most`. An occasional throttle, which some endpoints send at any load, changes
/// nothing; requests sent before a reduction do not count for the new level. Transfers that break off count like throttles, since some
/// servers drop an older stream when a newer request arrives; if they are most of a window, concurrency falls to a quarter, so that
/// requests are alone before their attempts are used up.
package struct EndpointState: Sendable, Hashable {
    /// Largest concurrency that the user allows.
    package let most: Int
    /// Largest number of concurrent requests at present.
    package private(set) var concurrency: Int
    /// Number of reductions of concurrency.
    package private(set) var cuts = 0
    /// True if the endpoint has ever responded.
    package private(set) var hasContact = false
    private var answers = 0
    /// Number of requests since the last completion that were forbidden without mention of the key.
    private var refusals = 0
    /// Number of outcomes in the window, and of throttles among them.
    private var outcomes = 0
    private var throttles = 0
    /// Number of throttles that are broken transfers.
    private var breaks = 0
    private var exhausted = 0
    /// Time before which no request may be sent.
    private var paused = Duration.zero
    package private(set) var breaker = CircuitBreaker()
    package private(set) var limits: RateLimits

    /// Length from which on a wait that an endpoint requires applies to all requests; shorter ones apply to the request alone.
    package static let pause = Duration.seconds(10)

    /// - Parameters:
    ///   - most: concurrency that the user allows; `known` may start lower.
    ///   - limits: rate limits made with the same `known`.
    package init(most: Int, known: KnownLimits = KnownLimits(), limits: RateLimits = RateLimits()) {
        precondition(most > 0, "a concurrency of \(most); it must be at least 1")
        self.most = most
        concurrency = min(most, max(1, known.concurrency ?? most))
        self.limits = limits
    }

    /// The limits to store for the next run.
    package var known: KnownLimits {
        KnownLimits(
            requests: limits.limit(.requests), tokens: limits.limit(.tokens), concurrency: concurrency < most ? concurrency : nil)
    }

    /// True if consecutive prompts have used up their attempts without any completion in between: the fault is then not the prompts',
    /// and further requests would use up all other prompts' attempts too.
    package var isDown: Bool { exhausted >= 3 }

    package mutating func contacted() {
        hasContact = true
    }

    package mutating func answered() {
        hasContact = true
        (exhausted, refusals) = (0, 0)
        answers += 1
        if answers.isMultiple(of: 25) { concurrency = min(most, concurrency + 1) }
        count(isThrottle: false)
    }

    /// - Parameter cuts: value of `cuts` when the throttled request was sent.
    package mutating func throttled(sentAtCut cuts: Int) {
        hasContact = true
        if cuts == self.cuts { count(isThrottle: true) }
    }

    /// Records a transfer that broke off before its completion was whole.
    ///
    /// - Parameter cuts: value of `cuts` when the request was sent.
    package mutating func brokeOff(sentAtCut cuts: Int) {
        if cuts == self.cuts { count(isThrottle: true, isBreak: true) }
    }

    private mutating func count(isThrottle: Bool, isBreak: Bool = false) {
        outcomes += 1
        throttles += isThrottle ? 1 : 0
        breaks += isBreak ? 1 : 0
        // A request has eight attempts: few on the wire are judged before they have used them up on breaks.
        guard outcomes >= max(breaks > 0 ? 4 : 8, concurrency) else { return }
        if throttles * 4 > outcomes {
            cuts += 1
            concurrency = max(1, breaks * 2 > outcomes ? concurrency / 4 : concurrency * 7 / 10)
        }
        (outcomes, throttles, breaks) = (0, 0, 0)
    }

    package var hasAnswered: Bool { answers > 0 }

    /// True if enough requests were forbidden without a completion in between that the prompts cannot be the cause.
    package var isForbidden: Bool { refusals >= (hasAnswered ? 8 : 3) }

    /// Records a request that was forbidden, or answered by a web page.
    package mutating func forbade() {
        refusals += 1
    }

    /// Records a prompt that has used up its attempts.
    package mutating func gaveUp() {
        exhausted += 1
    }

    // MARK: Admission

    /// The permit to send one request; to be returned with its outcome.
    package struct Permit: Sendable, Hashable {
        /// Number of reductions of concurrency when it was given.
        package var cuts: Int
        package var isProbe: Bool
        /// Number of tokens taken from the limits.
        package var tokens: Double
    }

    package enum Admission: Sendable, Hashable {
        /// The request is to be sent after this time, by the rate limits; not at all if it exceeds `RetryPolicy.patience`.
        case go(Permit, after: Duration)
        /// The permit is to be requested again after this time.
        case wait(Duration)
        /// The permit is to be requested again when the probe has ended.
        case waitForProbe
        case down
    }

    /// - Parameters:
    ///   - tokens: estimate of the request's tokens.
    ///   - now: time since a fixed point, the same for all calls.
    package mutating func admit(tokens: () -> Double, at now: Duration) -> Admission {
        if now < paused { return .wait(paused - now) }
        switch breaker.admit(at: now) {
        case .wait(let time): return .wait(time)
        case .waitForProbe: return .waitForProbe
        case .down: return .down
        case .go(let isProbe):
            let tokens = limits.countsTokens ? tokens() : 0
            let wait = limits.take(tokens: tokens, at: now)
            return .go(Permit(cuts: cuts, isProbe: isProbe, tokens: tokens), after: wait)
        }
    }

    /// Records a completion, with its number of tokens if the endpoint counts them.
    package mutating func answered(_ permit: Permit, tokens: Int?) {
        answered()
        breaker.succeeded()
        if let tokens, Double(tokens) < permit.tokens { limits.giveBack(tokens: permit.tokens - Double(tokens)) }
    }

    /// Records a request without a completion. Returns true if all requests now wait because of it.
    package mutating func refused(_ permit: Permit, _ outcome: RetryPolicy.Outcome, at now: Duration) -> Bool {
        let before = (paused, breaker.state)
        if outcome.isContact { contacted() }
        if outcome.isThrottle { throttled(sentAtCut: permit.cuts) } else if outcome.isBreak { brokeOff(sentAtCut: permit.cuts) }
        if case .fault(_, let asked?) = outcome, (Self.pause...RetryPolicy.patience).contains(asked) { paused = max(paused, now + asked) }
        if outcome.isFailure { breaker.failed(isProbe: permit.isProbe, at: now) } else if outcome.isContact { breaker.succeeded() }
        return before != (paused, breaker.state) && waitsForAll(at: now) > .zero
    }

    /// Records a cancelled request.
    package mutating func abandoned(_ permit: Permit, at now: Duration) {
        breaker.abandoned(isProbe: permit.isProbe, at: now)
    }

    package mutating func observe(_ kind: RateHeader.Kind, _ header: RateHeader, at now: Duration) -> Bool {
        limits.observe(kind, header, at: now)
    }

    /// The time for which no request will be admitted, as far as is known.
    package func waitsForAll(at now: Duration) -> Duration {
        if case .open(let until, _) = breaker.state { return max(until, paused) - now }
        return max(.zero, paused - now)
    }
}

extension RetryPolicy.Outcome {
    /// True if the outcome means too many concurrent requests.
    var isThrottle: Bool {
        if case .fault(let fault, _) = self { !fault.isQuota && [429, 503, 529].contains(fault.status) } else { false }
    }

    /// True if a response had started and did not become complete.
    var isBreak: Bool {
        switch self {
        // A server that does one thing at a time cancels the older stream.
        case .fault(let fault, _): fault.status == 500 && ["cancel", "preempt"].contains(where: fault.message.lowercased().contains)
        case .unreadable: true
        case .transport(let fault): fault.kind == .cut
        }
    }

    /// True if the endpoint has responded in HTTP.
    var isContact: Bool {
        switch self {
        case .fault, .unreadable: true
        case .transport(let fault): fault.kind == .tooLarge
        }
    }

    /// True if the outcome is a fault of the endpoint rather than of the request or its rate.
    var isFailure: Bool {
        switch self {
        case .fault(let fault, _): fault.status >= 500
        case .unreadable: true
        case .transport(let fault): ![.tooLarge, .stopped].contains(fault.kind)
        }
    }
}
