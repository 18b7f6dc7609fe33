import PladRecords

/// Where the curl thread leaves what came of a request, and how it wakes the task that waits for it.
///
/// The value goes through a lock rather than through the continuation, whose hand-over from a thread to a task the thread
/// sanitizer cannot see.
final class ResponseSlot: Sendable {
    private let result = Locked<Result<Response, any Error>?>(nil)
    private let waiter = Locked<CheckedContinuation<Void, any Error>?>(nil)

    /// Waits for the result of what `post` begins; `cancel` must bring a result about too.
    func value(_ post: () -> Void, onCancel cancel: @escaping @Sendable () -> Void) async throws -> Response {
        try await withCancellableWait(
            { continuation in
                waiter.withLock { $0 = continuation }
                post()
            }, onCancel: cancel)
        guard let result = result.withLock({ $0 }) else { preconditionFailure("woken without a result") }
        return try result.get()
    }

    /// Wakes the task that waits. To be called once, after `post`.
    func fulfil(_ result: Result<Response, any Error>) {
        self.result.withLock { $0 = result }
        waiter.withLock { $0 }?.resume()
    }
}
