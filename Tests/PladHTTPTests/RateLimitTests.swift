import Foundation
import PladHTTP
import Testing

@Suite struct RateLimitTests {
    private func headers(_ text: String) -> ResponseHeaders { ResponseHeaders(Array(text.utf8)) }

    /// When each of so many takers may go.
    private func times(_ bucket: RateBucket, _ amount: Double, _ count: Int) -> [Duration] {
        var bucket = bucket
        return (0..<count).map { _ in bucket.take(amount, at: .zero) }
    }

    @Test(arguments: [1.0, 7, 60, 600]) func noMinuteHasMoreThanTheUsersLimit(limit: Double) {
        let times = times(RateBucket(perMinute: limit, at: .zero), 1, Int(limit) * 3)
        for (first, time) in times.enumerated() {
            #expect(times[first...].count { $0 < time + .seconds(59.9) } <= Int(limit))
        }
        // And not much less: three minutes' worth is through in little over three minutes.
        #expect(times.last! <= .seconds(60.0 * 3 * limit / max(1, limit - max(1, limit / 10))))
    }

    @Test func theEndpointsLimitMayGoAtOnceAndThenByTheMinute() {
        let times = times(RateBucket(endpoint: 60, at: .zero), 1, 63)
        #expect(times[..<60].allSatisfy { $0 == .zero })
        #expect(times[60...] == [.seconds(1), .seconds(2), .seconds(3)])
    }

    @Test func anAmountBeyondTheCapacityWaitsForAFullBucket() {
        var bucket = RateBucket(endpoint: 60, at: .zero)
        #expect(bucket.take(100, at: .zero) == .zero)
        // 40 are owed, and 60 are to be there again.
        #expect(bucket.take(100, at: .zero) == .seconds(100))
        bucket.giveBack(90)
        #expect(bucket.take(1, at: .zero) == .seconds(51))
    }

    @Test func whatTheEndpointSaysIsLeftIsLeft() {
        var bucket = RateBucket(endpoint: 60, at: .zero)
        bucket.observe(RateHeader(limit: 120, remaining: 1), at: .zero)
        #expect(bucket.take(1, at: .zero) == .zero)
        #expect(bucket.take(1, at: .zero) == .seconds(0.5))
    }

    @Test func aLimitOfADayIsKnownByItsReset() {
        // Groq: 14,400 requests a day, 30 of them used, whole again in 3 minutes.
        var bucket = RateBucket(endpoint: 14_400, at: .zero)
        bucket.observe(RateHeader(limit: 14_400, remaining: 14_370, reset: .seconds(180)), at: .zero)
        #expect(abs(bucket.perSecond - 14_400 / 86_400) < 1e-9)
        // A reset rounded up to its second says nothing of a limit a minute.
        bucket.observe(RateHeader(limit: 4000, remaining: 3999, reset: .seconds(1)), at: .zero)
        #expect(bucket.perSecond == 4000.0 / 60)
    }

    @Test func headersOfBothSpellingsAreRead() throws {
        let openAI = headers(
            "x-ratelimit-limit-requests: 60\r\nx-ratelimit-remaining-requests: 59\r\nX-RateLimit-Reset-Requests: 1m2.5s\r\n"
                + "x-ratelimit-limit-tokens: 150000\r\n")
        #expect(RateHeader(.requests, in: openAI) == RateHeader(limit: 60, remaining: 59, reset: .seconds(62.5)))
        #expect(RateHeader(.tokens, in: openAI) == RateHeader(limit: 150_000))
        let anthropic = headers(
            "anthropic-ratelimit-requests-limit: 50\nanthropic-ratelimit-requests-remaining: 0\n"
                + "anthropic-ratelimit-requests-reset: 2026-01-01T00:00:30Z\n")
        let now = try Date("2026-01-01T00:00:00Z", strategy: .iso8601)
        #expect(RateHeader(.requests, in: anthropic, now: now) == RateHeader(limit: 50, remaining: 0, reset: .seconds(30)))
        #expect(RateHeader(.tokens, in: anthropic) == nil)
    }

    @Test(arguments: [
        ("6m0s", 360.0), ("20ms", 0.02), ("1h2m3s", 3723), ("1d", 86400), ("7.66s", 7.66), ("12", 12), ("x", nil), ("5", 5), ("1m x", nil),
        ("", 0), ("-3", nil),
    ])
    func timesAreRead(text: String, seconds: Double?) {
        let read = RateHeader(.requests, in: headers("x-ratelimit-limit-requests: 1\nx-ratelimit-reset-requests: \(text)\n"))
        #expect(read != nil)
        #expect(text.isEmpty || read?.reset.map { abs($0 / .seconds(1) - (seconds ?? -1)) < 1e-9 } ?? false == (seconds != nil))
    }

    @Test(arguments: [
        "x-ratelimit-limit-requests: nan", "x-ratelimit-limit-requests: 0", "x-ratelimit-limit-requests: much", "a: b",
        "x-ratelimit-limit-requests: 5e-324", "x-ratelimit-limit-requests: 0.99", "x-ratelimit-limit-requests: -5",
        "x-ratelimit-limit-requests: inf", "x-ratelimit-limit-requests: 1e300",
    ])
    func nonsenseIsNoLimit(text: String) {
        #expect(RateHeader(.requests, in: headers(text + "\n")) == nil)
    }

    /// Whatever an endpoint says, and whatever the user asks for, is a wait that can be measured.
    @Test func noNumberOfAnybodysOverflows() {
        let numbers = ["5e-324", "0", "1", "1e15", "1e300", "-1", "nan", "inf", "9223372036854775807", "99999999999999999999999"]
        for limit in numbers {
            for remaining in numbers {
                for reset in numbers + ["100s", "999999d", "999999d999999d", "1e300s", "2999-01-01T00:00:00Z"] {
                    let text =
                        "x-ratelimit-limit-requests: \(limit)\nx-ratelimit-remaining-requests: \(remaining)\nx-ratelimit-reset-requests: \(reset)\n"
                    var limits = RateLimits(requestsPerMinute: 1e-30, tokensPerMinute: .leastNonzeroMagnitude)
                    if let header = RateHeader(.requests, in: headers(text)) { _ = limits.observe(.requests, header, at: .zero) }
                    for time in [Duration.zero, .seconds(1), .seconds(400 * 86_400)] {
                        let wait = limits.take(tokens: 1e30, at: time)
                        #expect(wait >= .zero && wait <= .seconds(365 * 86_400))
                    }
                }
            }
        }
        for known in [0, -1, .nan, .infinity, 1e300, .leastNonzeroMagnitude] {
            var limits = RateLimits(known: KnownLimits(requests: known, tokens: known))
            #expect(limits.take(tokens: 5, at: .zero) == .zero)
        }
    }

    @Test func aNumberTooLargeForSecondsIsAMoment() throws {
        let now = Date(timeIntervalSince1970: 1_767_225_600)
        for reset in ["1767225660", "1767225660000", "1767225660.0"] {
            let text = "x-ratelimit-limit-requests: 5\nx-ratelimit-remaining-requests: 0\nx-ratelimit-reset-requests: \(reset)\n"
            #expect(RateHeader(.requests, in: headers(text), now: now)?.reset == .seconds(60), "\(reset)")
        }
        let past = "x-ratelimit-limit-requests: 5\nx-ratelimit-reset-requests: 1767225000\n"
        #expect(RateHeader(.requests, in: headers(past), now: now)?.reset == .zero)
        #expect(RetryAfter.wait(in: headers("retry-after: 1767225660\n"), now: now) == .seconds(60))
        #expect(RetryAfter.wait(in: headers("retry-after: 1767225660000\n"), now: now) == .seconds(60))
    }

    @Test func requestsAndTokensBothHold() {
        var limits = RateLimits(requestsPerMinute: 600, known: KnownLimits(tokens: 6000))
        #expect(limits.countsTokens)
        #expect(limits.take(tokens: 6000, at: .zero) == .zero)
        #expect(limits.take(tokens: 100, at: .zero) == .seconds(1))
        limits.giveBack(tokens: 5000)
        #expect(limits.take(tokens: 100, at: .zero) == .zero)
        let isNews = limits.observe(.tokens, RateHeader(limit: 9000), at: .zero)
        let isStillNews = limits.observe(.tokens, RateHeader(limit: 9000, remaining: 5), at: .zero)
        #expect(isNews && !isStillNews)
        #expect(limits.limit(.tokens) == 9000 && limits.limit(.requests) == nil)
    }

    @Test func aFileRemembersOriginsForAWeek() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("plad-traffic-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let url = folder.appendingPathComponent("traffic.json")
        let known = KnownLimits(requests: 60, tokens: 1000, concurrency: 12)
        EndpointFile(url).remember(known, of: "https://a.test")
        EndpointFile(url).remember(KnownLimits(concurrency: 3), of: "https://b.test")
        #expect(EndpointFile(url).recall("https://a.test") == known)
        #expect(EndpointFile(url).recall("https://c.test") == nil)
        #expect(EndpointFile(url, now: { Date().addingTimeInterval(8 * 86400) }).recall("https://a.test") == nil)
        try Data("damaged".utf8).write(to: url)
        #expect(EndpointFile(url).recall("https://a.test") == nil)
        EndpointFile(url).remember(known, of: "https://a.test")
        #expect(EndpointFile(url).recall("https://a.test") == known)
    }
}
