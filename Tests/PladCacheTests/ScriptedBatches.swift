import Foundation
import PladRecords
import PladTeacher
import PladTestSupport

/// A provider of batches in memory, with the dialect's own results.
final class ScriptedBatches: BatchService {
    struct State {
        var submitted: [(id: String, name: String, rows: [BatchRow])] = []
        var calls: [String] = []
        var polls = 0
    }

    let most: (rows: Int, bytes: Int)
    let keepsNames: Bool
    private let state = Locked(State())
    /// What a call does in place of its work, or after it; by the call's name and number.
    private let fault: @Sendable (_ call: String, _ number: Int) throws -> Void
    private let result: @Sendable (BatchRow) -> BatchResult?
    /// The id under which a row's result comes, by the row's own.
    private let naming: @Sendable (String) -> String
    private let ending: String
    /// How often a batch is looked at before it is over.
    private let polls: Int
    /// Nobody gets the results before so many have asked for them.
    private let fetchers: Int

    init(
        most: (rows: Int, bytes: Int) = (100, 1_000_000), keepsNames: Bool = true, ending: String = "completed", polls: Int = 2,
        fetchers: Int = 1,
        result: @escaping @Sendable (BatchRow) -> BatchResult? = {
            .response(status: 200, body: Data(chatBody("to \($0.id.prefix(4))").utf8))
        },
        naming: @escaping @Sendable (String) -> String = { $0 }, fault: @escaping @Sendable (String, Int) throws -> Void = { _, _ in }
    ) {
        (self.most, self.keepsNames, self.ending, self.polls) = (most, keepsNames, ending, polls)
        (self.fetchers, self.result, self.naming, self.fault) = (fetchers, result, naming, fault)
    }

    var submitted: [[BatchRow]] { state.withLock { $0.submitted.map(\.rows) } }
    var calls: [String] { state.withLock { $0.calls } }

    private func call(_ name: String) throws {
        let number = state.withLock { state in
            state.calls.append(name)
            return state.calls.count(where: { $0 == name })
        }
        try fault(name, number)
    }

    func upload(_ rows: [BatchRow], name: String) async throws -> String? {
        try call("upload")
        return "file"
    }

    func submit(_ rows: [BatchRow], file: String?, name: String) async throws -> BatchState {
        try call("submit")
        let id = state.withLock { state in
            state.submitted.append(("b\(state.submitted.count)", name, rows))
            return state.submitted.last!.id
        }
        try call("submitted")
        return batch(id, isOver: false)
    }

    func state(of id: String) async throws -> BatchState {
        try call("state")
        let polls = state.withLock { state in
            state.polls += 1
            return state.polls
        }
        return batch(id, isOver: polls > self.polls)
    }

    func all() async throws -> [BatchState] {
        try call("all")
        return state.withLock { $0.submitted.map(\.id) }.reversed().map { batch($0, isOver: false) }
    }

    func cancel(_ id: String) async throws -> BatchState {
        try call("cancel")
        return batch(id, isOver: true)
    }

    func results(of batch: BatchState) async throws -> BatchResults {
        try call("results")
        while calls.count(where: { $0 == "results" }) < fetchers { try await Task.sleep(for: .milliseconds(1)) }
        let rows = state.withLock { $0.submitted.first { $0.id == batch.id }!.rows }
        return BatchResults(
            rows: rows.reversed().compactMap { row in result(row).map { BatchResults.Row(id: naming(row.id), result: $0) } })
    }

    private func batch(_ id: String, isOver: Bool) -> BatchState {
        let (name, rows) = state.withLock { state in
            let one = state.submitted.first { $0.id == id }!
            return (one.name, one.rows.count)
        }
        return BatchState(
            id: id, status: isOver ? ending : "in_progress", isOver: isOver, total: rows, done: isOver && ending != "failed" ? rows : 0,
            name: keepsNames ? name : nil, createdAt: 0, results: [])
    }
}
