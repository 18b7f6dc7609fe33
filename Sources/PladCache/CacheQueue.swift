import Foundation
import GRDB
import PladRecords

/// The one way to the database while a run is on: callers leave their work, and the database's thread takes all that
/// has gathered in one turn, with all of its writes in one transaction.
///
/// A transaction costs a flush to the disk however many rows it holds, so a thousand answers that arrive together
/// cost one flush, and still each is on the disk before its caller goes on.
final class CacheQueue: Sendable {
    private struct Find: Sendable {
        var fetch: @Sendable (Database) throws -> StoredCompletion?
        var caller: CheckedContinuation<StoredCompletion?, any Error>
    }

    private enum Work: Sendable {
        case find(Find)
        case write(any QueuedWrite)
    }

    private struct State {
        var work: [Work] = []
        var isDraining = false
    }

    private let database: DatabaseQueue
    private let file: URL
    private let state = Locked(State())
    /// The file that is written; nil where none is.
    private let written: FileIdentity?

    /// - Parameter writes: whether the database is in `file` and is written to, so that the file must stay where it is.
    init(_ database: DatabaseQueue, file: URL, writes: Bool) {
        self.database = database
        self.file = file
        written = writes ? FileIdentity(file) : nil
    }

    func find(_ fetch: @escaping @Sendable (Database) throws -> StoredCompletion?) async throws -> StoredCompletion? {
        try await withCheckedThrowingContinuation { leave(.find(Find(fetch: fetch, caller: $0))) }
    }

    /// Returns what `body` brought once it is on the disk. A `body` that throws fails the whole turn's writes: it throws
    /// for what befalls them all, a full disk, and returns a value for anything else.
    func write<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { leave(.write(AwaitedWrite(body: body, caller: $0))) }
    }

    /// Like `write`, for what nobody waits for. It is written no later than what is left after it.
    func note(_ body: @escaping @Sendable (Database) throws -> Void) {
        leave(.write(Note(body: body)))
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
            var writes: [any QueuedWrite] = []
            for work in turn {
                switch work {
                case .find(let find): finds.append(find)
                case .write(let write): writes.append(write)
                }
            }
            look(for: finds, db)
            if !writes.isEmpty { commit(writes, db) }
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

    private func commit(_ writes: [any QueuedWrite], _ db: Database) {
        do {
            var finishes: [@Sendable () -> Void] = []
            // SQLite would go on writing into a file that has no name any more.
            guard written == nil || FileIdentity(file) == written else {
                throw CacheError(
                    .gone,
                    "the cache \(file.path) was deleted or replaced while it was in use, and what is answered cannot be kept: put it back, or run the command again for a new one"
                )
            }
            try CacheError.telling(of: file) {
                try db.inTransaction(.immediate) {
                    for write in writes { finishes.append(try write.perform(db)) }
                    return .commit
                }
            }
            for finish in finishes { finish() }
        } catch {
            for write in writes { write.fail(error) }
        }
    }
}

/// A write that waits for its turn.
private protocol QueuedWrite: Sendable {
    /// Writes; what is returned is called once that is on the disk.
    func perform(_ db: Database) throws -> @Sendable () -> Void
    func fail(_ error: any Error)
}

private struct AwaitedWrite<Value: Sendable>: QueuedWrite {
    var body: @Sendable (Database) throws -> Value
    var caller: CheckedContinuation<Value, any Error>

    func perform(_ db: Database) throws -> @Sendable () -> Void {
        let value = try body(db)
        return { caller.resume(returning: value) }
    }

    func fail(_ error: any Error) { caller.resume(throwing: error) }
}

private struct Note: QueuedWrite {
    var body: @Sendable (Database) throws -> Void

    func perform(_ db: Database) throws -> @Sendable () -> Void {
        try body(db)
        return {}
    }

    /// Whoever waits for the same turn hears of it.
    func fail(_ error: any Error) {}
}

/// Tells a file from another of the same name.
private struct FileIdentity: Equatable {
    private let device: dev_t
    private let number: ino_t

    /// Nil where there is no file.
    init?(_ file: URL) {
        var status = stat()
        guard stat(file.path, &status) == 0 else { return nil }
        (device, number) = (status.st_dev, status.st_ino)
    }
}
