import PladRecords

/// The requests that are on the wire or whose answer is not kept yet, and so perhaps paid for already: one whose asker is
/// cancelled goes on until its response is there.
///
/// It is cut by `cut`, or once `patience` has passed since the cancellation.
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

    /// The response that `send` brings, with what counts the request as under way. Throws `CancellationError` only for a request that was
    /// cut.
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

/// A request counts as under way as long as this lives: whoever keeps its answer holds on to it until that is on the disk.
package final class UnderWay: Sendable {
    private let onEnd: @Sendable () -> Void

    package init(onEnd: @escaping @Sendable () -> Void) {
        self.onEnd = onEnd
    }

    deinit { onEnd() }
}
