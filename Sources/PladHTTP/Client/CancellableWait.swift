import PladRecords

/// Suspends until the continuation that `register` is given is resumed.
///
/// A cancellation can come before, during or after `register`; `cancel` is called at most once and only after `register` has returned,
/// so it need only look for the registration. It must resume the continuation if nobody else has.
package func withCancellableWait<Value: Sendable>(
    _ register: (CheckedContinuation<Value, any Error>) -> Void, onCancel cancel: @escaping @Sendable () -> Void
) async throws -> Value {
    let state = Locked((isRegistered: false, isCancelled: false))
    return try await withTaskCancellationHandler {
        try await withCheckedThrowingContinuation { continuation in
            register(continuation)
            let cameEarly = state.withLock {
                $0.isRegistered = true
                return $0.isCancelled
            }
            if cameEarly { cancel() }
        }
    } onCancel: {
        let isRegistered = state.withLock {
            $0.isCancelled = true
            return $0.isRegistered
        }
        if isRegistered { cancel() }
    }
}
