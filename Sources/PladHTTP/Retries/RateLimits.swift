/// The limits on requests and tokens by the minute: the user's and the endpoint's.
///
/// A pure value. A request's tokens are estimated before it is sent, as providers do, from its bytes (four to a token) and its longest
/// completion; the difference to the actual number is settled later.
package struct RateLimits: Sendable, Hashable {
    private var own: [RateHeader.Kind: RateBucket] = [:]
    private var told: [RateHeader.Kind: RateBucket] = [:]

    /// - Parameters:
    ///   - requestsPerMinute, tokensPerMinute: the user's own limits.
    ///   - known: limits from an earlier run.
    package init(requestsPerMinute: Double? = nil, tokensPerMinute: Double? = nil, known: KnownLimits = KnownLimits()) {
        own[.requests] = requestsPerMinute.map { RateBucket(perMinute: $0, at: .zero) }
        own[.tokens] = tokensPerMinute.map { RateBucket(perMinute: $0, at: .zero) }
        told[.requests] = known.requests.flatMap { $0 >= 1 && $0 <= 1e15 ? RateBucket(endpoint: $0, at: .zero) : nil }
        told[.tokens] = known.tokens.flatMap { $0 >= 1 && $0 <= 1e15 ? RateBucket(endpoint: $0, at: .zero) : nil }
    }

    package func limit(_ kind: RateHeader.Kind) -> Double? { told[kind]?.capacity }

    package var countsTokens: Bool { own[.tokens] != nil || told[.tokens] != nil }

    /// Takes a request with so many tokens from the limits and returns its wait.
    package mutating func take(tokens: Double, at now: Duration) -> Duration {
        var wait = Duration.zero
        for (kind, amount) in [(RateHeader.Kind.requests, 1), (.tokens, tokens)] {
            wait = max(wait, own[kind]?.take(amount, at: now) ?? .zero, told[kind]?.take(amount, at: now) ?? .zero)
        }
        return wait
    }

    /// Returns unused tokens of a request.
    package mutating func giveBack(tokens: Double) {
        own[.tokens]?.giveBack(tokens)
        told[.tokens]?.giveBack(tokens)
    }

    /// Adopts the limits in a response. Returns true if one has changed.
    package mutating func observe(_ kind: RateHeader.Kind, _ header: RateHeader, at now: Duration) -> Bool {
        let before = limit(kind)
        told[kind, default: RateBucket(endpoint: header.limit, at: now)].observe(header, at: now)
        return limit(kind) != before
    }
}
