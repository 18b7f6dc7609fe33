import PladRecords

/// The requests on the wire or whose completion is not stored yet, and which may be paid for: a request of a cancelled caller continues
/// until its response arrives.
///
/// It is aborted by `cut`, or `patience` after the cancellation.
package final class RequestsUnderWay: Sendable {
    private struct State {
        var transfers: [UInt64: Task<Response, any Error>] = [:]
        var next: UInt64 = 0
    }

    private let state = Locked(State())
    private let patience: Duration

    package init(patience: Duration) {
        self.patience = patience
    }

    package var count: Int { state.withLock { $0.transfers.count } }

    /// The response that `send` returns, with a token that counts the request as under way. Throws `CancellationError` only for a
    /// request that was aborted.
    package func response(_ send: @escaping @Sendable () async throws -> Response) async throws -> (Response, UnderWay) {
        let transfer = Task { try await send() }
        let number = state.withLock { state in
            state.next += 1
            state.transfers[state.next] = transfer
            return state.next
        }
        let underWay = UnderWay { [state] in state.withLock { _ = $0.transfers.removeValue(forKey: number) } }
        let limit = Locked<Task<Void, any Error>?>(nil)
        defer { limit.withLock { $0?.cancel() } }
        return try await withTaskCancellationHandler {
            (try await transfer.value, underWay)
        } onCancel: {
            limit.withLock {
                $0 = Task { [patience] in
                    try await Task.sleep(for: patience)
                    transfer.cancel()
                }
            }
        }
    }

    package func cut() {
        for transfer in state.withLock({ Array($0.transfers.values) }) { transfer.cancel() }
    }
}

/// A token that counts a request as under way during its lifetime: held until the completion is on the disk.
package final class UnderWay: Sendable {
    private let onEnd: @Sendable () -> Void

    package init(onEnd: @escaping @Sendable () -> Void) {
        self.onEnd = onEnd
    }

    deinit { onEnd() }
}
