import Foundation
import GRDB
import PladRecords
import Synchronization

/// The one way to the database while a run is on: callers leave their work, and the database's thread takes all that
/// has gathered in one turn, with all of its writes in one transaction.
///
/// A transaction costs a flush to the disk however many rows it holds, so a thousand answers that arrive together
/// cost one flush, and still each is on the disk before its caller goes on.
final class CacheQueue: Sendable {
    private enum Work: Sendable {
        case find(@Sendable (Database) throws -> StoredAnswer?, CheckedContinuation<StoredAnswer?, any Error>)
        case store(StoredAnswer, replacing: Bool, CheckedContinuation<StoredAnswer, any Error>)
    }

    private struct State {
        var work: [Work] = []
        var isDraining = false
    }

    private let database: DatabaseQueue
    private let file: URL
    private let state = Mutex(State())

    init(_ database: DatabaseQueue, file: URL) {
        self.database = database
        self.file = file
    }

    func find(_ fetch: @escaping @Sendable (Database) throws -> StoredAnswer?) async throws -> StoredAnswer? {
        try await withCheckedThrowingContinuation { leave(.find(fetch, $0)) }
    }

    /// Returns the row that the database holds under the answer's key once it is on the disk.
    func store(_ answer: StoredAnswer, replacing: Bool) async throws -> StoredAnswer {
        try await withCheckedThrowingContinuation { leave(.store(answer, replacing: replacing, $0)) }
    }

    private func leave(_ work: Work) {
        let isFirst = state.withLock { state in
            state.work.append(work)
            defer { state.isDraining = true }
            return !state.isDraining
        }
        if isFirst { database.asyncWriteWithoutTransaction { [self] db in drain(db) } }
    }

    private func drain(_ db: Database) {
        while true {
            let turn: [Work] = state.withLock { state in
                defer { state.work.removeAll(keepingCapacity: true) }
                if state.work.isEmpty { state.isDraining = false }
                return state.work
            }
            if turn.isEmpty { return }
            var stores: [(StoredAnswer, replacing: Bool, CheckedContinuation<StoredAnswer, any Error>)] = []
            for work in turn {
                switch work {
                case .find(let fetch, let caller):
                    caller.resume(with: Result { try CacheError.telling(of: file) { try fetch(db) } })
                case .store(let answer, let replacing, let caller):
                    stores.append((answer, replacing, caller))
                }
            }
            if !stores.isEmpty { commit(stores, db) }
        }
    }

    private func commit(_ stores: [(StoredAnswer, replacing: Bool, CheckedContinuation<StoredAnswer, any Error>)], _ db: Database) {
        do {
            var held: [StoredAnswer] = []
            try CacheError.telling(of: file) {
                try db.inTransaction(.immediate) {
                    for (answer, replacing, _) in stores {
                        let isIn = try answer.insert(db, replacing: replacing)
                        // Another process was first: its answer is the one that everybody uses.
                        held.append(isIn ? answer : try StoredAnswer.fetch(db, key: answer.key) ?? answer)
                    }
                    return .commit
                }
            }
            for (answer, (_, _, caller)) in zip(held, stores) { caller.resume(returning: answer) }
        } catch {
            for (_, _, caller) in stores { caller.resume(throwing: error) }
        }
    }
}
