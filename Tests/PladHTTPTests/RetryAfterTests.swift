import Foundation
import PladHTTP
import Testing

@Suite struct RetryAfterTests {
    private func wait(_ lines: String..., now: Date = Date(timeIntervalSince1970: 0)) -> Duration? {
        RetryAfter.wait(in: ResponseHeaders(Array(lines.map { $0 + "\r\n" }.joined().utf8)), now: now)
    }

    @Test func secondsMillisecondsAndDatesAreRead() {
        #expect(wait("Retry-After: 7") == .seconds(7))
        #expect(wait("retry-after: 0.5") == .seconds(0.5))
        #expect(wait("RETRY-AFTER-MS: 1500", "Retry-After: 7") == .seconds(1.5))
        #expect(wait("Date: Wed, 21 Oct 2015 07:28:00 GMT", "Retry-After: Wed, 21 Oct 2015 07:28:30 GMT") == .seconds(30))
        #expect(wait("Retry-After: Thu, 01 Jan 1970 00:01:00 GMT", now: Date(timeIntervalSince1970: 50)) == .seconds(10))
        #expect(wait("Date: Wed, 21 Oct 2015 07:28:00 GMT", "Retry-After: Wednesday, 21-Oct-15 07:28:09 GMT") == .seconds(9))
    }

    @Test func pastDatesAndNegativeNumbersAskForNoWait() {
        #expect(wait("Date: Wed, 21 Oct 2015 07:28:00 GMT", "Retry-After: Wed, 21 Oct 2015 07:27:00 GMT") == .zero)
        #expect(wait("Retry-After: -3") == .zero)
    }

    @Test func absentAndSenselessOnesAreNil() {
        #expect(wait("Content-Type: text/html") == nil)
        #expect(wait("Retry-After: soon") == nil)
        #expect(wait("Retry-After: nan") == nil)
    }

    @Test func absurdlyLongOnesStayFinite() {
        #expect(wait("Retry-After: 1e300") == .seconds(365 * 86400))
    }
}
