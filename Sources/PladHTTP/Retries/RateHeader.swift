package import Foundation

/// One of an endpoint's limits according to a response's headers.
///
/// Source: OpenAI, "Rate limits in headers" (`x-ratelimit-limit-requests`, times like `6m0s`), which Groq, Together, Azure and others
/// follow; Anthropic, "Rate limits, Response headers" (`anthropic-ratelimit-requests-limit`, times of RFC 3339).
package struct RateHeader: Sendable, Hashable {
    package enum Kind: String, Sendable, CaseIterable {
        case requests, tokens
    }

    package var limit: Double
    package var remaining: Double?
    /// Time until the limit is fully available again.
    package var reset: Duration?

    package init(limit: Double, remaining: Double? = nil, reset: Duration? = nil) {
        self.limit = limit
        self.remaining = remaining
        self.reset = reset
    }

    /// Reads a limit; nil if the response has none of this kind; a limit below 1 is ignored.
    package init?(_ kind: Kind, in headers: ResponseHeaders, now: Date = Date()) {
        func read(_ limit: String, _ remaining: String, _ reset: String) -> RateHeader? {
            guard let limit = headers[limit].flatMap(Double.init), limit >= 1, limit <= 1e15 else { return nil }
            let left = headers[remaining].flatMap(Double.init).flatMap { $0 >= 0 ? min($0, 1e15) : nil }
            return RateHeader(limit: limit, remaining: left, reset: headers[reset].flatMap { Self.wait($0, now) })
        }
        let name = kind.rawValue
        let told =
            read("x-ratelimit-limit-\(name)", "x-ratelimit-remaining-\(name)", "x-ratelimit-reset-\(name)")
            ?? read("anthropic-ratelimit-\(name)-limit", "anthropic-ratelimit-\(name)-remaining", "anthropic-ratelimit-\(name)-reset")
        guard let told else { return nil }
        self = told
    }

    /// The wait in a text: `1h2m3.5s`, `120ms`, a number of seconds, or a time by RFC 3339 or in seconds or milliseconds since 1970.
    static func wait(_ text: String, _ now: Date) -> Duration? {
        if let number = Double(text) { return ForeignTime.wait(number, now: now) }
        if let moment = try? Date(text, strategy: .iso8601) { return ForeignTime.duration(seconds: moment.timeIntervalSince(now)) }
        var (rest, total) = (text[...], Duration.zero)
        let units: [(String, Duration)] = [
            ("ms", .milliseconds(1)), ("d", .seconds(86400)), ("h", .seconds(3600)), ("m", .seconds(60)), ("s", .seconds(1)),
        ]
        while !rest.isEmpty {
            let number = rest.prefix { $0.isNumber || $0 == "." }
            rest = rest.dropFirst(number.count)
            guard let value = Double(number), value < 1e6, let unit = units.first(where: { rest.hasPrefix($0.0) }) else { return nil }
            total = min(ForeignTime.most, total + unit.1 * value)
            rest = rest.dropFirst(unit.0.count)
        }
        return total
    }
}
