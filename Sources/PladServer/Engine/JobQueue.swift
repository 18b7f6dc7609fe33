import Foundation

/// A queue of values from any thread to one thread, which may sleep until some arrive. `condition` guards all state.
final class JobQueue<Value: Sendable>: @unchecked Sendable {
    private let condition = NSCondition()
    private var waiting: [Value] = []
    private var isClosed = false

    func post(_ value: Value) {
        condition.withLock {
            waiting.append(value)
            condition.signal()
        }
    }

    /// All values posted since the last call, oldest first. If there are none, it sleeps if `waits`, else returns an empty list.
    /// Returns nil instead of sleeping once the queue is closed.
    func take(waits: Bool) -> [Value]? {
        condition.withLock {
            while waits, waiting.isEmpty {
                if isClosed { return nil }
                condition.wait()
            }
            defer { waiting = [] }
            return waiting
        }
    }

    /// Closes the queue: the taker ends after the last value.
    func close() {
        condition.withLock {
            isClosed = true
            condition.signal()
        }
    }
}
