import Synchronization

/// At most so many holders at a time; the others wait in the order they came.
package final class ConcurrencyLimit: Sendable {
    private struct State {
        var free: Int
        /// Waiters by number; one that was cancelled has left.
        var waiting: [UInt64: CheckedContinuation<Void, any Error>] = [:]
        /// The number that the next waiter takes, and the first that may still wait.
        var next: UInt64 = 0
        var oldest: UInt64 = 0
    }

    private let state: Mutex<State>

    package init(_ most: Int) {
        precondition(most > 0, "a concurrency limit of \(most); it must be at least 1")
        state = Mutex(State(free: most))
    }

    /// Calls `body` once there is a place. Throws `CancellationError` when the task is cancelled while it waits.
    package func withPlace<Result>(_ body: () async throws -> Result) async throws -> Result {
        try await acquire()
        defer { release() }
        return try await body()
    }

    private func acquire() async throws {
        let number: UInt64? = state.withLock { state in
            if state.free > 0 {
                state.free -= 1
                return nil
            }
            state.next += 1
            return state.next - 1
        }
        guard let number else { return }
        try await withCancellableWait { continuation in
            // A place may have come free since the number was drawn.
            let hasPlace = state.withLock { state in
                guard state.free > 0 else {
                    state.waiting[number] = continuation
                    state.oldest = min(state.oldest, number)
                    return false
                }
                state.free -= 1
                return true
            }
            if hasPlace { continuation.resume() }
        } onCancel: { [self] in
            state.withLock { $0.waiting.removeValue(forKey: number) }?.resume(throwing: CancellationError())
        }
    }

    private func release() {
        let waiter = state.withLock { state -> CheckedContinuation<Void, any Error>? in
            while !state.waiting.isEmpty {
                defer { state.oldest += 1 }
                if let waiter = state.waiting.removeValue(forKey: state.oldest) { return waiter }
            }
            state.free += 1
            return nil
        }
        waiter?.resume()
    }
}
