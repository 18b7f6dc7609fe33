/// A token bucket: the amount that may be sent now, and the wait for more.
///
/// A pure value: `now` is a time since any fixed point. A larger amount than available leaves a debt and waits for it, so that amounts
/// are served in order; one above the capacity waits for a full bucket.
package struct RateBucket: Sendable, Hashable {
    /// Largest amount in the bucket.
    package private(set) var capacity: Double
    /// Amount that flows in, by the second.
    package private(set) var perSecond: Double
    private var level: Double
    private var updated: Duration

    /// Makes the bucket of a user's limit: a tenth may be sent at once, the rest is spread, so that no minute exceeds it.
    package init(perMinute limit: Double, at now: Duration) {
        precondition(limit > 0, "a limit of \(limit) a minute; it must be above 0")
        capacity = max(1, limit / 10)
        perSecond = (limit > 1 ? limit - capacity : limit) / 60
        level = capacity
        updated = now
    }

    /// Makes the bucket of an endpoint's limit, assumed full: `limit` at once, and as much again in a minute.
    package init(endpoint limit: Double, at now: Duration) {
        capacity = max(1, limit)
        perSecond = capacity / 60
        level = capacity
        updated = now
    }

    /// Takes `amount` and returns the wait before its use: at most a year, which means never.
    package mutating func take(_ amount: Double, at now: Duration) -> Duration {
        refill(until: now)
        // What is in excess of the capacity is owed by those who come later.
        let missing = min(amount, capacity) - level
        level -= amount
        return missing > 0 ? ForeignTime.duration(seconds: missing / perSecond) : .zero
    }

    /// Returns an unused amount.
    package mutating func giveBack(_ amount: Double) {
        level = min(capacity, level + amount)
    }

    /// Adopts the limit in a response.
    ///
    /// A bucket by the minute is full again within one: if `reset` is further away, the limit is for another period (Groq's requests
    /// are by the day), and the missing amount divided by that time is the rate.
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
