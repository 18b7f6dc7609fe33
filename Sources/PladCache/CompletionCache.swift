package import Foundation
import GRDB
package import PladRecords
package import PladTeacher
import Synchronization

/// A store of all completions ever paid for, in one SQLite file.
///
/// A row is found by the digest of its request (`CompletionKey`). The file is in WAL mode, with one writer at a time, and each commit is
/// flushed to the disk. Several processes may share it.
package final class CompletionCache: Sendable {
    package enum Use: Sendable {
        /// Reads only; the file must exist. A recording in JSON lines (`.jsonl`) is read into memory.
        case reading
        /// Reads and writes; a missing file or folder is made.
        case writing
    }

    package let file: URL
    /// Name of this opening of the file, under which its costs are recorded, so that merged files know the costs that they share.
    let spender = UUID().uuidString.lowercased()
    let database: DatabaseQueue
    let queue: CacheQueue
    /// Number of misses that were explained by the nearest row.
    let explained = Atomic(0)
    /// Number of attempts recorded by this process.
    let attempts = Atomic(0)

    /// - Parameter sizeLimit: largest size of the database in bytes; beyond it, storing fails like on a full disk.
    ///
    /// Throws `CacheError` for a file that is missing (if only reading), foreign, damaged or not writable.
    package init(opening file: URL, for use: Use, sizeLimit: Int? = nil) throws {
        self.file = file
        if file.pathExtension == "jsonl" {
            guard use == .reading else {
                let sibling = file.deletingPathExtension().appendingPathExtension("sqlite").lastPathComponent
                throw CacheError(
                    .usage,
                    "\(file.path) is a recording, which is only replayed; to add to it, import it into \(sibling) (`CompletionCache.importRecording`), record there, export"
                )
            }
            database = try CacheFile.inMemory(file)
            queue = CacheQueue(database, file: file, writes: false)
            try importRecording(file)
        } else {
            database = try use == .reading ? CacheFile.openForReading(file) : CacheFile.openForWriting(file, sizeLimit: sizeLimit)
            queue = CacheQueue(database, file: file, writes: use == .writing)
        }
    }

    /// The completion of the request: the one recorded under its key, else one under another limit on tokens that would be the same
    /// under this one. Nil if there is neither.
    package func find(_ request: TeacherRequest) async throws -> StoredCompletion? {
        let key = CompletionKey.digest(of: request)
        return try await queue.find { db in
            if let answer = try StoredCompletion.fetch(db, key: key) { return answer }
            let (family, tokenLimit) = CompletionKey.family(of: request)
            return try tokenLimit.flatMap { try StoredCompletion.fetch(db, family: family, tokenLimit: $0) }
        }
    }

    /// Commits the completion, which is on the disk when this returns. Returns the row in the cache: if the key existed and `replacing`
    /// is false, the earlier one.
    package func store(_ answer: StoredCompletion, replacing: Bool = false) async throws -> StoredCompletion {
        try await store([answer], replacing: replacing)[0]
    }

    /// The completion that a refreshing run has already requested again; nil if it has not.
    package func renewed(_ request: TeacherRequest, by run: String?) async throws -> StoredCompletion? {
        guard let run else { return nil }
        let key = CompletionKey.digest(of: request)
        return try await queue.find { db in try Self.isRenewed(key, by: run, db) ? StoredCompletion.fetch(db, key: key) : nil }
    }

    private static func isRenewed(_ key: Digest, by run: String?, _ db: Database) throws -> Bool {
        guard let run else { return false }
        let statement = try db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM renewal WHERE run = ? AND key = ?)")
        return try Bool.fetchOne(statement, arguments: [run, Data(key.bytes)]) ?? false
    }

    /// Commits the completions, all or none.
    ///
    /// - Parameter run: run that refreshes; it will not request these again.
    package func store(_ answers: [StoredCompletion], replacing: Bool = false, run: String? = nil) async throws -> [StoredCompletion] {
        try await queue.write { try Self.put(answers, replacing: replacing, run: run, $0) }
    }

    /// Inserts the completions. Returns the rows that the cache then holds for them.
    static func put(_ answers: [StoredCompletion], replacing: Bool, run: String? = nil, _ db: Database) throws -> [StoredCompletion] {
        try answers.map { answer in
            if replacing, let run {
                try db.cachedStatement(sql: "INSERT OR IGNORE INTO renewal (run, key) VALUES (?, ?)")
                    .execute(arguments: [run, Data(answer.key.bytes)])
            }
            try db.cachedStatement(sql: "DELETE FROM claim WHERE key = ?").execute(arguments: [Data(answer.key.bytes)])
            let isIn = try answer.insert(db, replacing: replacing)
            // Another process was first: its completion is the one that everybody uses.
            return isIn ? answer : (try? StoredCompletion.fetch(db, key: answer.key)) ?? answer
        }
    }

    /// Writes the write-ahead log into the file and closes it, for a file that can be copied by itself; data is safe without it. The
    /// cache is unusable afterwards.
    package func close() throws {
        try CacheError.telling(of: file) { try database.close() }
    }

    func read<Value>(_ body: (Database) throws -> Value) throws -> Value {
        try CacheError.telling(of: file) { try database.read(body) }
    }
}

/// Coordination of processes that share a cache: each records the requests that it sends, so that no prompt is paid for twice.
extension CompletionCache {
    enum Claim: Sendable {
        /// This process may send the request.
        case granted
        /// Another process already has the completion.
        case answered(StoredCompletion)
        /// Another process is sending the request.
        case taken
        /// The request is in this open batch.
        case inBatch(Submission)
    }

    /// Claims the request, unless somebody has it. A claim ends with the completion's row or by `release`; that of a process that has
    /// ended is ignored.
    ///
    /// - Parameter replacing: true to request it again although it has a completion; for a run, once.
    func claim(_ request: TeacherRequest, replacing: Bool, run: String? = nil) async throws -> Claim {
        let key = CompletionKey.digest(of: request)
        return try await queue.write { db -> Result<Claim, CacheError> in
            // A damaged row is no completion, and no reason to fail what others write in the same turn: the error is handed out of it.
            let stands = try !replacing || Self.isRenewed(key, by: run, db)
            if stands, let answer = try? StoredCompletion.fetch(db, key: key) { return .success(.answered(answer)) }
            do {
                // Paid for there, and newer than what is recorded.
                if let batch = try Submission.fetch(db, holding: key) { return .success(.inBatch(batch)) }
            } catch let error as CacheError {
                return .failure(error)
            }
            if try Self.isAskedElsewhere(key, db) { return .success(.taken) }
            try db.cachedStatement(sql: "INSERT OR REPLACE INTO claim (key, process) VALUES (?, ?)")
                .execute(arguments: [Data(key.bytes), ProcessIdentity.own])
            return .success(.granted)
        }.get()
    }

    /// True if another running process is sending the request.
    static func isAskedElsewhere(_ key: Digest, _ db: Database) throws -> Bool {
        let statement = try db.cachedStatement(sql: "SELECT CAST(process AS TEXT) FROM claim WHERE key = ?")
        guard let holder = try String.fetchOne(statement, arguments: [Data(key.bytes)]) else { return false }
        return holder != ProcessIdentity.own && ProcessIdentity.isAlive(holder)
    }

    func release(_ request: TeacherRequest) {
        let key = Data(CompletionKey.digest(of: request).bytes)
        queue.note { db in
            try db.cachedStatement(sql: "DELETE FROM claim WHERE key = ? AND process = ?").execute(arguments: [key, ProcessIdentity.own])
        }
    }

    /// The number of requests being sent, by any process.
    package func claims() throws -> Int {
        try read { try Int.fetchOne($0, sql: "SELECT count(*) FROM claim") ?? 0 }
    }
}

/// A request that was sent and brought no completion. The successful attempt is in the completion's own row.
package struct FailedAttempt: Sendable, Equatable, Codable {
    /// Number of the attempt, from 1.
    package var number: Int
    /// Start in milliseconds since 1970.
    package var startedAt: Int64
    /// Duration in milliseconds.
    package var duration: Double
    /// HTTP status; nil without a whole response.
    package var status: Int?
    package var fault: String
    /// Wait in milliseconds before the next attempt; nil if there was none.
    package var wait: Double?
}

extension CompletionCache {
    /// Records an attempt that brought no completion. Does not wait: it is on the disk no later than the next row stored.
    package func note(_ attempt: Attempt) {
        attempts.add(1, ordering: .relaxed)
        guard let fault = attempt.fault else { return }
        let key = Data(CompletionKey.digest(of: attempt.request).bytes)
        queue.note { db in
            try db.cachedStatement(
                sql: "INSERT INTO attempt (key, number, started_at, duration, status, fault, wait) VALUES (?, ?, ?, ?, ?, ?, ?)"
            ).execute(
                arguments: [
                    key, attempt.number, Int64((attempt.started.timeIntervalSince1970 * 1000).rounded()), attempt.duration.milliseconds,
                    attempt.status, fault, attempt.retryAfter?.milliseconds,
                ])
        }
    }

    /// Number of attempts that this process has recorded, successful ones included.
    package var attemptsMade: Int { attempts.load(ordering: .relaxed) }

    /// The attempts for this key that brought no completion, in order.
    package func attempts(for key: Digest) throws -> [FailedAttempt] {
        try read { db in
            let columns = "number, started_at, duration, status, fault, wait"
            let rows = try Row.fetchAll(
                db, sql: "SELECT \(columns) FROM attempt WHERE key = ? ORDER BY id", arguments: [Data(key.bytes)])
            // A damaged note is none; `verify` names it.
            return rows.compactMap { row in
                var reader = RowReader(row, columns)
                return try? FailedAttempt(
                    number: reader.int(), startedAt: Int64(reader.int(RowReader.Bounds.time)), duration: reader.optionalDuration() ?? 0,
                    status: reader.optionalInt(RowReader.Bounds.status), fault: reader.text(), wait: reader.optionalDuration())
            }
        }
    }
}
