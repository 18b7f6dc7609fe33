import PladRecords

/// A limit on the number of concurrent holders; others wait in the order of arrival.
package final class ConcurrencyLimit: Sendable {
    private struct State {
        var most: Int
        var held = 0
        /// Waiters by number; cancelled ones are removed.
        var waiting: [UInt64: CheckedContinuation<Void, any Error>] = [:]
        /// Number of the next waiter, and of the first that may still wait.
        var next: UInt64 = 0
        var oldest: UInt64 = 0

        /// Assigns free places to those who have waited longest.
        mutating func takeWaiters() -> [CheckedContinuation<Void, any Error>] {
            var taken: [CheckedContinuation<Void, any Error>] = []
            while held < most, !waiting.isEmpty {
                if let waiter = waiting.removeValue(forKey: oldest) {
                    taken.append(waiter)
                    held += 1
                }
                oldest += 1
            }
            return taken
        }
    }

    private let state: Locked<State>

    package init(_ most: Int) {
        precondition(most > 0, "a concurrency limit of \(most); it must be at least 1")
        state = Locked(State(most: most))
    }

    /// Changes the limit. Present holders keep their places; a lower limit is reached as they leave.
    package func resize(to most: Int) {
        precondition(most > 0, "a concurrency limit of \(most); it must be at least 1")
        let waiters = state.withLock { state in
            state.most = most
            return state.takeWaiters()
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Calls `body` once there is a place. Throws `CancellationError` if the task is cancelled while it waits.
    package func withPermit<Result>(_ body: () async throws -> Result) async throws -> Result {
        try await acquire()
        defer { release() }
        return try await body()
    }

    private func acquire() async throws {
        let number: UInt64? = state.withLock { state in
            if state.held < state.most {
                state.held += 1
                return nil
            }
            state.next += 1
            return state.next - 1
        }
        guard let number else { return }
        try await withCancellableWait { continuation in
            // A place may have come free since the number was drawn.
            let hasPlace = state.withLock { state in
                guard state.held < state.most else {
                    state.waiting[number] = continuation
                    state.oldest = min(state.oldest, number)
                    return false
                }
                state.held += 1
                return true
            }
            if hasPlace { continuation.resume() }
        } onCancel: { [self] in
            state.withLock { $0.waiting.removeValue(forKey: number) }?.resume(throwing: CancellationError())
        }
    }

    private func release() {
        let waiters = state.withLock { state in
            state.held -= 1
            return state.takeWaiters()
        }
        for waiter in waiters { waiter.resume() }
    }
}
