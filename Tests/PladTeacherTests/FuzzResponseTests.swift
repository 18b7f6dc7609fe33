import Foundation
import PladHTTP
import PladRecords
import PladTeacher
import PladTestSupport
import Testing

/// Whatever an endpoint sends, in body and headers, is an answer, an error or unreadable, and is so in time.
struct FuzzResponseTests {
    private static let statuses = [200, 200, 200, 200, 201, 204, 302, 400, 401, 403, 404, 429, 451, 500, 502, 503, 529, 999, 0, -1]

    @Test(arguments: DialectShapes.all) func damagedAnswersAreReadOrNot(shapes: DialectShapes) throws {
        let bodies = [shapes.answer, shapes.error, shapes.empty] + shapes.eaten
        try Fuzzing(name: "answers of \(shapes.name)", share: 0.02).run(bodies.map { Array($0.utf8) }, isJSON: true) { bytes, mutator in
            try Self.read(bytes, shapes.dialect(), &mutator)
        }
    }

    @Test(arguments: DialectStreamShapes.all) func damagedStreamsAreReadOrNot(shapes: DialectStreamShapes) throws {
        let bodies = [shapes.body(shapes.events), shapes.body(shapes.events.prefix(2) + [shapes.error.0])]
        try Fuzzing(name: "streams of \(shapes.name)", share: 0.014).run(bodies.map { Array($0.utf8) }) { bytes, mutator in
            try Self.read(bytes, shapes.dialect, &mutator)
        }
    }

    private static func read(_ bytes: [UInt8], _ dialect: any Dialect, _ mutator: inout Mutator) throws {
        let status = statuses[mutator.pick(statuses.count)]
        switch dialect.read(status: status, body: Data(bytes), choice: mutator.pick(4) == 0 ? mutator.pick(200) : 0) {
        case .completion(let completion):
            #expect((200..<300).contains(status) || completion.finishReason == .filtered)
            let usage = completion.usage
            #expect((usage?.promptTokens ?? 0) >= 0 && (usage?.completionTokens ?? 0) >= 0 && (usage?.reasoningTokens ?? 0) >= 0)
        case .fault(let fault): throw RecordError(.malformed, fault.message)
        case .unreadable(let reason): throw RecordError(.malformed, reason)
        }
    }

    private static let headers = [
        "HTTP/1.1 200 OK\r\nx-ratelimit-limit-requests: 500\r\nx-ratelimit-remaining-requests: 0\r\nx-ratelimit-reset-requests: 6m0s\r\n",
        "x-ratelimit-limit-tokens: 30000\r\nx-ratelimit-remaining-tokens: 29.5\r\nx-ratelimit-reset-tokens: 120ms\r\nx-request-id: req_1\r\n",
        "anthropic-ratelimit-requests-limit: 50\r\nanthropic-ratelimit-requests-remaining: 49\r\nanthropic-ratelimit-requests-reset: 2026-01-27T12:00:00Z\r\n",
        "retry-after-ms: 1500\r\nretry-after: 7\r\n",
        "Retry-After: Wed, 21 Oct 2026 07:28:00 GMT\r\nDate: Wed, 21 Oct 2026 07:27:00 GMT\r\n",
        "x-ratelimit-limit-requests: 1e3\r\nx-ratelimit-reset-requests: 1700000000000\r\nretry-after: 1e10\r\n",
    ]

    @Test func damagedHeadersAreReadOrNot() throws {
        try Fuzzing(name: "headers", share: 0.1).run(Self.headers.map { Array($0.utf8) }) { bytes, mutator in
            let headers = ResponseHeaders(bytes)
            let now = Date(timeIntervalSince1970: 1_700_000_000)
            var limits = RateLimits()
            var told = 0
            for kind in RateHeader.Kind.allCases {
                guard let header = RateHeader(kind, in: headers, now: now) else { continue }
                told += 1
                _ = limits.observe(kind, header, at: .seconds(mutator.pick(100_000)))
            }
            // Whatever was told: a wait has an end, and taking goes on.
            for turn in 0..<3 {
                let wait = limits.take(tokens: Double(mutator.pick(1 << 40)), at: .seconds(turn))
                #expect(wait >= .zero && wait <= .seconds(400 * 86_400))
                limits.giveBack(tokens: Double(mutator.pick(1 << 40)))
            }
            if let wait = RetryAfter.wait(in: headers, now: now) {
                told += 1
                #expect(wait >= .zero && wait <= .seconds(366 * 86_400))
            }
            guard told > 0 else { throw RecordError(.malformed, "nothing is told") }
        }
    }
}
