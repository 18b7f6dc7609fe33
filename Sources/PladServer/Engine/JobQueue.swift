import Foundation

/// Hands values from any thread to one that may sleep until some come. `condition` guards all of it.
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

    /// All values posted since the last call, oldest first. Where there are none, sleeps if `waits`, else gives none.
    /// Gives nil once the mailbox is closed, empty, and the caller would sleep.
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

    /// Lets the taker end when it has nothing left to do.
    func close() {
        condition.withLock {
            isClosed = true
            condition.signal()
        }
    }
}
