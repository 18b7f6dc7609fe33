import CCurl
package import Foundation

/// Reads the wait that a response requires before the next attempt.
package enum RetryAfter {
    /// The wait by the headers, or nil: `retry-after-ms` (milliseconds), else `Retry-After` (seconds, or a date in any of HTTP's
    /// formats). A date is compared with the response's own `Date`, so that a wrong clock here does no harm; a past one means no wait.
    /// A number too large for seconds is a time since 1970.
    ///
    /// Source: RFC 9110 §10.2.3; `retry-after-ms` is sent by OpenAI and Azure.
    package static func wait(in headers: ResponseHeaders, now: Date = Date()) -> Duration? {
        if let text = headers["retry-after-ms"], let milliseconds = Double(text), milliseconds.isFinite {
            return ForeignTime.duration(seconds: milliseconds / 1000)
        }
        guard let text = headers["retry-after"] else { return nil }
        let now = headers["date"].flatMap(Self.date) ?? now
        if let number = Double(text), number.isFinite { return ForeignTime.wait(max(0, number), now: now) }
        guard let date = date(text) else { return nil }
        return ForeignTime.duration(seconds: date.timeIntervalSince(now))
    }

    private static func date(_ text: String) -> Date? {
        let epoch = curl_getdate(text, nil)
        return epoch < 0 ? nil : Date(timeIntervalSince1970: TimeInterval(epoch))
    }
}
