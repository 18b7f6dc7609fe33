import Foundation

/// Converts another party's numbers to durations without overflow.
enum ForeignTime {
    /// Largest wait, a year.
    static let most = Duration.seconds(365 * 86_400)

    /// The duration of a number of seconds, between 0 and `most`; `most` for NaN.
    static func duration(seconds: Double) -> Duration {
        seconds.isNaN ? most : .seconds(min(max(seconds, 0), most / .seconds(1)))
    }

    /// The wait that a bare number means: seconds from now or, if it is large, a time in seconds or milliseconds since 1970. Nil for a
    /// negative number or NaN.
    static func wait(_ number: Double, now: Date) -> Duration? {
        guard number >= 0 else { return nil }
        switch number {
        case 1e12...: return duration(seconds: number / 1000 - now.timeIntervalSince1970)
        case 1e9...: return duration(seconds: number - now.timeIntervalSince1970)
        default: return duration(seconds: number)
        }
    }
}
