/// Runs asynchronous work that Ctrl-C cancels.
enum CancellableWork {
    static func run<Result: Sendable>(_ body: @escaping @Sendable () async throws -> Result) async throws -> Result {
        let work = Task { try await body() }
        Interruption.onAsk { work.cancel() }
        return try await work.value
    }
}
