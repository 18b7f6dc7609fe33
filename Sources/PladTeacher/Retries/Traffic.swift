/// How an endpoint is to be asked, judged by how it has answered everybody so far.
///
/// A pure value. Concurrency follows additive increase and multiplicative decrease (Chiu and Jain 1989), judged over
/// windows of as many outcomes as requests are on the wire: when more than a quarter of a window is throttled, three
/// tenths are taken off; every 25 answers add one, up to `most`. A throttle now and then, which some endpoints send at any
/// load, changes nothing; requests that were on the wire when concurrency was cut say nothing about the new level.
package struct Traffic: Sendable, Hashable {
    /// The concurrency that the user allows.
    package let most: Int
    /// The most requests to have on the wire now.
    package private(set) var concurrency: Int
    /// How often concurrency was cut.
    package private(set) var cuts = 0
    /// Whether the endpoint has ever answered anything.
    package private(set) var hasContact = false
    private var answers = 0
    /// The window's outcomes, and how many of them are throttles.
    private var outcomes = 0
    private var throttles = 0
    private var exhausted = 0

    package init(most: Int) {
        precondition(most > 0, "a concurrency of \(most); it must be at least 1")
        self.most = most
        concurrency = most
    }

    /// Whether prompt after prompt has used up its attempts, with no answer to anybody in between: then it is not the
    /// prompts, and asking on would spend every other prompt's attempts too.
    package var isDown: Bool { exhausted >= 3 }

    package mutating func contacted() {
        hasContact = true
    }

    package mutating func answered() {
        hasContact = true
        exhausted = 0
        answers += 1
        if answers.isMultiple(of: 25) { concurrency = min(most, concurrency + 1) }
        count(isThrottle: false)
    }

    /// - Parameter cuts: the value of `cuts` when the throttled request went out.
    package mutating func throttled(sentAtCut cuts: Int) {
        hasContact = true
        if cuts == self.cuts { count(isThrottle: true) }
    }

    private mutating func count(isThrottle: Bool) {
        outcomes += 1
        throttles += isThrottle ? 1 : 0
        guard outcomes >= max(8, concurrency) else { return }
        if throttles * 4 > outcomes {
            cuts += 1
            concurrency = max(1, concurrency * 7 / 10)
        }
        (outcomes, throttles) = (0, 0)
    }

    /// A prompt has used up its attempts.
    package mutating func gaveUp() {
        exhausted += 1
    }
}

extension RetryPolicy.Outcome {
    /// Whether it says that the endpoint is asked too much at a time.
    var isThrottle: Bool {
        if case .fault(let fault, _) = self { !fault.isQuota && [429, 503, 529].contains(fault.status) } else { false }
    }
}
