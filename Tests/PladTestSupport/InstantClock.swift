import PladRecords

/// A clock on which every sleep is over at once; it keeps what was slept.
package final class InstantClock: Clock {
    package struct Instant: InstantProtocol {
        package var offset: Duration
        package func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
        package func duration(to other: Instant) -> Duration { other.offset - offset }
        package static func < (one: Instant, other: Instant) -> Bool { one.offset < other.offset }
    }

    private let slept = Locked<[Duration]>([])

    package init() {}

    package var now: Instant { slept.withLock { Instant(offset: $0.reduce(.zero, +)) } }
    package var minimumResolution: Duration { .zero }
    package var sleeps: [Duration] { slept.withLock { $0 } }

    package func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        try Task.checkCancellation()
        slept.withLock { $0.append(deadline.offset - $0.reduce(.zero, +)) }
    }
}

/// A list that many tasks add to.
package final class Collected<Element: Sendable>: Sendable {
    private let elements = Locked<[Element]>([])

    package init() {}

    package var all: [Element] { elements.withLock { $0 } }
    package func add(_ element: Element) { elements.withLock { $0.append(element) } }
}
