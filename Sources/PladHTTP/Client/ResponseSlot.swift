import PladRecords

/// A slot in which the curl thread stores a request's result, and which wakes the waiting task.
///
/// The value is passed under a lock rather than through the continuation, whose hand-over from a thread to a task the thread sanitizer
/// cannot see.
final class ResponseSlot: Sendable {
    private let result = Locked<Result<Response, any Error>?>(nil)
    private let waiter = Locked<CheckedContinuation<Void, any Error>?>(nil)

    /// Waits for the result of the request that `post` starts; `cancel` must cause a result too.
    func value(_ post: () -> Void, onCancel cancel: @escaping @Sendable () -> Void) async throws -> Response {
        try await withCancellableWait(
            { continuation in
                waiter.withLock { $0 = continuation }
                post()
            }, onCancel: cancel)
        guard let result = result.withLock({ $0 }) else { preconditionFailure("woken without a result") }
        return try result.get()
    }

    /// Stores the result and wakes the waiting task. To be called once, after `post`.
    func fulfil(_ result: Result<Response, any Error>) {
        self.result.withLock { $0 = result }
        waiter.withLock { $0 }?.resume()
    }
}
