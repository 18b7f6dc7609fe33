/// The way to ask an endpoint, judged by how it has answered everybody so far.
///
/// A pure value. A long wait that the endpoint asks one request to make is made by all, a circuit breaker keeps everybody
/// from an endpoint that fails, and rate limits space the rest. Concurrency follows additive increase and multiplicative decrease (Chiu and Jain 1989), judged over
/// windows of as many outcomes as requests are on the wire: when more than a quarter of a window is throttled, three
/// tenths are taken off; every 25 answers add one, up to `most`. A throttle now and then, which some endpoints send at any
/// load, changes nothing; requests that were on the wire when concurrency was cut say nothing about the new level. Transfers that
/// break off count as throttles do, since some servers drop an older stream whenever a newer request comes; where most of a window
/// are such, concurrency falls to a quarter, so that requests are alone before their attempts are used up.
package struct EndpointState: Sendable, Hashable {
    /// The concurrency that the user allows.
    package let most: Int
    /// The most requests to have on the wire now.
    package private(set) var concurrency: Int
    /// Times that concurrency was cut.
    package private(set) var cuts = 0
    /// True if the endpoint has ever answered anything.
    package private(set) var hasContact = false
    private var answers = 0
    /// Requests since the last answer that were forbidden without a word of the key.
    private var refusals = 0
    /// The window's outcomes, and how many of them are throttles.
    private var outcomes = 0
    private var throttles = 0
    /// The number of throttles that are transfers which broke off.
    private var breaks = 0
    private var exhausted = 0
    /// Nobody is to ask before this.
    private var paused = Duration.zero
    package private(set) var breaker = CircuitBreaker()
    package private(set) var limits: RateLimits

    /// Waits of this length and more that an endpoint asks for concern everybody; shorter ones the request alone.
    package static let pause = Duration.seconds(10)

    /// - Parameters:
    ///   - most: the concurrency that the user allows; `known` may begin lower.
    ///   - limits: made with the same `known`.
    package init(most: Int, known: KnownLimits = KnownLimits(), limits: RateLimits = RateLimits()) {
        precondition(most > 0, "a concurrency of \(most); it must be at least 1")
        self.most = most
        concurrency = min(most, max(1, known.concurrency ?? most))
        self.limits = limits
    }

    /// The limits worth keeping for the next run.
    package var known: KnownLimits {
        KnownLimits(
            requests: limits.limit(.requests), tokens: limits.limit(.tokens), concurrency: concurrency < most ? concurrency : nil)
    }

    /// True if prompt after prompt has used up its attempts, with no answer to anybody in between: then it is not the
    /// prompts, and asking on would spend every other prompt's attempts too.
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

    /// - Parameter cuts: the value of `cuts` when the throttled request went out.
    package mutating func throttled(sentAtCut cuts: Int) {
        hasContact = true
        if cuts == self.cuts { count(isThrottle: true) }
    }

    /// A transfer broke off before its answer was whole.
    ///
    /// - Parameter cuts: the value of `cuts` when the request went out.
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

    /// True if as many requests were forbidden, with no answer between them, as leave no doubt that it is not the prompts.
    package var isForbidden: Bool { refusals >= (hasAnswered ? 8 : 3) }

    /// A request was forbidden, or a page came in its answer's place.
    package mutating func forbade() {
        refusals += 1
    }

    /// A prompt has used up its attempts.
    package mutating func gaveUp() {
        exhausted += 1
    }

    // MARK: Admission

    /// The leave to send one request; to be handed back with what came of it.
    package struct Permit: Sendable, Hashable {
        /// Times that concurrency had been cut when it was given.
        package var cuts: Int
        package var isProbe: Bool
        /// Taken from the limits on tokens.
        package var tokens: Double
    }

    package enum Admission: Sendable, Hashable {
        /// To be sent after this time, which its place in the limits asks for; one beyond `RetryPolicy.patience` is not waited for.
        case go(Permit, after: Duration)
        /// To be asked for again after this time.
        case wait(Duration)
        /// To be asked for again when the probe has ended.
        case waitForProbe
        case down
    }

    /// - Parameters:
    ///   - tokens: what the request may use.
    ///   - now: since some beginning, the same for all calls.
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

    /// The request was answered, with so many tokens as far as the endpoint counts them.
    package mutating func answered(_ permit: Permit, tokens: Int?) {
        answered()
        breaker.succeeded()
        if let tokens, Double(tokens) < permit.tokens { limits.giveBack(tokens: permit.tokens - Double(tokens)) }
    }

    /// The request came to no answer. Answers whether everybody now waits because of it.
    package mutating func refused(_ permit: Permit, _ outcome: RetryPolicy.Outcome, at now: Duration) -> Bool {
        let before = (paused, breaker.state)
        if outcome.isContact { contacted() }
        if outcome.isThrottle { throttled(sentAtCut: permit.cuts) } else if outcome.isBreak { brokeOff(sentAtCut: permit.cuts) }
        if case .fault(_, let asked?) = outcome, (Self.pause...RetryPolicy.patience).contains(asked) { paused = max(paused, now + asked) }
        if outcome.isFailure { breaker.failed(isProbe: permit.isProbe, at: now) } else if outcome.isContact { breaker.succeeded() }
        return before != (paused, breaker.state) && waitsForAll(at: now) > .zero
    }

    /// The request was cancelled.
    package mutating func abandoned(_ permit: Permit, at now: Duration) {
        breaker.abandoned(isProbe: permit.isProbe, at: now)
    }

    package mutating func observe(_ kind: RateHeader.Kind, _ header: RateHeader, at now: Duration) -> Bool {
        limits.observe(kind, header, at: now)
    }

    /// The time for which nobody will be admitted, as far as is known.
    package func waitsForAll(at now: Duration) -> Duration {
        if case .open(let until, _) = breaker.state { return max(until, paused) - now }
        return max(.zero, paused - now)
    }
}

extension RetryPolicy.Outcome {
    /// True if it says that the endpoint is asked too much at a time.
    var isThrottle: Bool {
        if case .fault(let fault, _) = self { !fault.isQuota && [429, 503, 529].contains(fault.status) } else { false }
    }

    /// True if an answer had begun and did not become whole.
    var isBreak: Bool {
        switch self {
        // A server that does one thing at a time cancels the older stream.
        case .fault(let fault, _): fault.status == 500 && ["cancel", "preempt"].contains(where: fault.message.lowercased().contains)
        case .unreadable: true
        case .transport(let fault): fault.kind == .cut
        }
    }

    /// True if the endpoint has answered in HTTP.
    var isContact: Bool {
        switch self {
        case .fault, .unreadable: true
        case .transport(let fault): fault.kind == .tooLarge
        }
    }

    /// True if it speaks against the endpoint rather than against the request or its pace.
    var isFailure: Bool {
        switch self {
        case .fault(let fault, _): fault.status >= 500
        case .unreadable: true
        case .transport(let fault): ![.tooLarge, .stopped].contains(fault.kind)
        }
    }
}
