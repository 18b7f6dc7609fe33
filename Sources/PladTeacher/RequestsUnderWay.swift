import PladRecords

/// The requests that are on the wire, and so perhaps paid for already: one whose asker is cancelled goes on until its
/// response is there.
///
/// It is cut by `cut`, or once `patience` has passed since the cancellation.
final class RequestsUnderWay: Sendable {
    private struct State {
        var transfers: [UInt64: Task<Response, any Error>] = [:]
        var next: UInt64 = 0
    }

    private let state = Locked(State())
    private let patience: Duration

    init(patience: Duration) {
        self.patience = patience
    }

    var count: Int { state.withLock { $0.transfers.count } }

    /// What `send` brings. Throws `CancellationError` only for a request that was cut.
    func response(_ send: @escaping @Sendable () async throws -> Response) async throws -> Response {
        let transfer = Task { try await send() }
        let number = state.withLock { state in
            state.next += 1
            state.transfers[state.next] = transfer
            return state.next
        }
        defer { state.withLock { _ = $0.transfers.removeValue(forKey: number) } }
        return try await withTaskCancellationHandler {
            try await transfer.value
        } onCancel: {
            Task { [patience] in
                try? await Task.sleep(for: patience)
                transfer.cancel()
            }
        }
    }

    func cut() {
        for transfer in state.withLock({ Array($0.transfers.values) }) { transfer.cancel() }
    }
}
