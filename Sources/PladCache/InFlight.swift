import PladRecords

/// Shares running work by key: a caller whose key is in progress waits for that work rather than start it again.
final class InFlight<Value: Sendable>: Sendable {
    private struct Entry {
        var number: UInt64
        var task: Task<Value, any Error>
        var waiters: Int
    }

    private struct State {
        var entries: [Digest: Entry] = [:]
        var next: UInt64 = 0
    }

    private let state = Locked(State())

    /// The value that `make` returns, and true if this call started it. The work is cancelled when all its callers are; a single
    /// cancelled caller still gets the value with the others.
    func value(for key: Digest, _ make: @escaping @Sendable () async throws -> Value) async throws -> (Value, isOwn: Bool) {
        let (entry, isOwn) = join(key, make)
        let value = try await withTaskCancellationHandler {
            try await entry.task.value
        } onCancel: {
            leave(key, entry.number)
        }
        return (value, isOwn)
    }

    private func join(_ key: Digest, _ make: @escaping @Sendable () async throws -> Value) -> (Entry, isOwn: Bool) {
        state.withLock { state in
            if var entry = state.entries[key] {
                entry.waiters += 1
                state.entries[key] = entry
                return (entry, false)
            }
            let number = state.next
            state.next += 1
            let task = Task {
                // The entry is in the table before this lock can be taken.
                defer { self.remove(key, number) }
                return try await make()
            }
            let entry = Entry(number: number, task: task, waiters: 1)
            state.entries[key] = entry
            return (entry, true)
        }
    }

    private func leave(_ key: Digest, _ number: UInt64) {
        let task: Task<Value, any Error>? = state.withLock { state in
            guard var entry = state.entries[key], entry.number == number else { return nil }
            entry.waiters -= 1
            state.entries[key] = entry.waiters == 0 ? nil : entry
            return entry.waiters == 0 ? entry.task : nil
        }
        task?.cancel()
    }

    private func remove(_ key: Digest, _ number: UInt64) {
        state.withLock { state in
            if state.entries[key]?.number == number { state.entries[key] = nil }
        }
    }
}
