import Foundation

/// Times that somebody else's number gives: whatever it is, it becomes a duration without overflow.
enum ForeignTime {
    /// Beyond a year a wait is as good as a year.
    static let most = Duration.seconds(365 * 86_400)

    /// At least none, at most `most`; what is no number is `most`.
    static func duration(seconds: Double) -> Duration {
        seconds.isNaN ? most : .seconds(min(max(seconds, 0), most / .seconds(1)))
    }

    /// The meaning of a bare number where seconds are due: seconds from now on, or, where it is large, the moment itself in seconds or
    /// milliseconds since 1970. Nil for one that is below 0 or none.
    static func wait(_ number: Double, now: Date) -> Duration? {
        guard number >= 0 else { return nil }
        switch number {
        case 1e12...: return duration(seconds: number / 1000 - now.timeIntervalSince1970)
        case 1e9...: return duration(seconds: number - now.timeIntervalSince1970)
        default: return duration(seconds: number)
        }
    }
}
