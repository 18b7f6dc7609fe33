/// A token bucket: how much may be sent now, and how long to wait for more.
///
/// A pure value: `now` is a time since some beginning. Who takes more than there is goes into debt and waits for it, so
/// that takers are served in their order; an amount beyond the capacity waits for a full bucket.
package struct RateBucket: Sendable, Hashable {
    /// The most that fits in.
    package private(set) var capacity: Double
    /// The amount that flows in.
    package private(set) var perSecond: Double
    private var level: Double
    private var updated: Duration

    /// A limit that the user sets: a tenth of it may go at once, the rest is spread, so that no minute has more than it.
    package init(perMinute limit: Double, at now: Duration) {
        precondition(limit > 0, "a limit of \(limit) a minute; it must be above 0")
        capacity = max(1, limit / 10)
        perSecond = (limit > 1 ? limit - capacity : limit) / 60
        level = capacity
        updated = now
    }

    /// A limit that the endpoint tells, full as far as is known: `limit` at once, and as much again in a minute.
    package init(endpoint limit: Double, at now: Duration) {
        capacity = max(1, limit)
        perSecond = capacity / 60
        level = capacity
        updated = now
    }

    /// Takes `amount` out and says how long to wait before it may be used: at most a year, which stands for never.
    package mutating func take(_ amount: Double, at now: Duration) -> Duration {
        refill(until: now)
        // What is in excess of the capacity is owed by those who come later.
        let missing = min(amount, capacity) - level
        level -= amount
        return missing > 0 ? ForeignTime.duration(seconds: missing / perSecond) : .zero
    }

    /// Gives back an amount that was taken and not used.
    package mutating func giveBack(_ amount: Double) {
        level = min(capacity, level + amount)
    }

    /// Takes the limit that the endpoint says in a response.
    ///
    /// A bucket of a minute is full again within one: where `reset` is further away the limit is not a minute's (Groq's
    /// requests are a day's), and what is missing divided by that time tells what flows in.
    package mutating func observe(_ told: RateHeader, at now: Duration) {
        refill(until: now)
        capacity = max(1, told.limit)
        perSecond = capacity / 60
        guard let remaining = told.remaining else { return }
        level = min(level, remaining)
        if let reset = told.reset, reset > .seconds(61), remaining < told.limit {
            perSecond = (told.limit - remaining) / (reset / .seconds(1))
        }
    }

    private mutating func refill(until now: Duration) {
        if now > updated { level = min(capacity, level + perSecond * ((now - updated) / .seconds(1))) }
        updated = max(updated, now)
    }
}
