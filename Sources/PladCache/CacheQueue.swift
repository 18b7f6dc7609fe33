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
    private struct Find: Sendable {
        var fetch: @Sendable (Database) throws -> StoredAnswer?
        var caller: CheckedContinuation<StoredAnswer?, any Error>
    }

    private struct Store: Sendable {
        var answer: StoredAnswer
        var replacing: Bool
        var caller: CheckedContinuation<StoredAnswer, any Error>
    }

    private enum Work: Sendable {
        case find(Find)
        case store(Store)
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
        try await withCheckedThrowingContinuation { leave(.find(Find(fetch: fetch, caller: $0))) }
    }

    /// Returns the row that the database holds under the answer's key once it is on the disk.
    func store(_ answer: StoredAnswer, replacing: Bool) async throws -> StoredAnswer {
        try await withCheckedThrowingContinuation { leave(.store(Store(answer: answer, replacing: replacing, caller: $0))) }
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
            var finds: [Find] = []
            var stores: [Store] = []
            for work in turn {
                switch work {
                case .find(let find): finds.append(find)
                case .store(let store): stores.append(store)
                }
            }
            look(for: finds, db)
            if !stores.isEmpty { commit(stores, db) }
        }
    }

    /// Many looks share one read transaction, whose locks cost more than a look.
    private func look(for finds: [Find], _ db: Database) {
        func look() {
            for find in finds { find.caller.resume(with: Result { try CacheError.telling(of: file) { try find.fetch(db) } }) }
        }
        guard finds.count > 4 else { return look() }
        var isDone = false
        do {
            try db.inTransaction(.deferred) {
                isDone = true
                look()
                return .commit
            }
        } catch {
            // Without a transaction every look says for itself what is wrong.
            if !isDone { look() }
        }
    }

    private func commit(_ stores: [Store], _ db: Database) {
        do {
            var held: [StoredAnswer] = []
            try CacheError.telling(of: file) {
                try db.inTransaction(.immediate) {
                    for store in stores {
                        let isIn = try store.answer.insert(db, replacing: store.replacing)
                        // Another process was first: its answer is the one that everybody uses.
                        held.append(isIn ? store.answer : try StoredAnswer.fetch(db, key: store.answer.key) ?? store.answer)
                    }
                    return .commit
                }
            }
            for (answer, store) in zip(held, stores) { store.caller.resume(returning: answer) }
        } catch {
            for store in stores { store.caller.resume(throwing: error) }
        }
    }
}
