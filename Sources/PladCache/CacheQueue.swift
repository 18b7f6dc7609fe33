import Foundation
import GRDB
import PladRecords

/// A queue of all reads and writes of a running process: the database's thread takes all that are waiting in one turn, with all writes
/// in one transaction.
///
/// A transaction costs one flush to the disk, whatever its number of rows, so that a thousand completions that arrive together cost one
/// flush, and each is still on the disk before its caller continues.
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
    /// Identity of the written file; nil if none is written.
    private let written: FileIdentity?

    /// - Parameter writes: true if the database is written to `file`, which must then stay in its place.
    init(_ database: DatabaseQueue, file: URL, writes: Bool) {
        self.database = database
        self.file = file
        written = writes ? FileIdentity(file) : nil
    }

    func find(_ fetch: @escaping @Sendable (Database) throws -> StoredCompletion?) async throws -> StoredCompletion? {
        try await withCheckedThrowingContinuation { leave(.find(Find(fetch: fetch, caller: $0))) }
    }

    /// Returns the value of `body` once its writes are on the disk. If a `body` throws, all writes of the turn fail: it should throw
    /// only for errors that affect all, such as a full disk.
    func write<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { leave(.write(AwaitedWrite(body: body, caller: $0))) }
    }

    /// Queues a write that nobody waits for. It is on the disk no later than the next `write`.
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

    /// Runs reads; many of them share one transaction, whose locks cost more than a read.
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
                    "the cache \(file.path) was deleted or replaced while it was in use, and new completions cannot be kept: put it back, or run the command again for a new one"
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

/// A queued write.
private protocol QueuedWrite: Sendable {
    /// Writes, and returns a function to call once the write is on the disk.
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

    /// Ignores the error, which the callers of `write` in the same turn get.
    func fail(_ error: any Error) {}
}

/// Identifies a file independently of its name.
private struct FileIdentity: Equatable {
    private let device: dev_t
    private let number: ino_t

    /// Nil if there is no file.
    init?(_ file: URL) {
        var status = stat()
        guard stat(file.path, &status) == 0 else { return nil }
        (device, number) = (status.st_dev, status.st_ino)
    }
}
