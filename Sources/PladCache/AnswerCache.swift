package import Foundation
import GRDB
package import PladRecords
package import PladTeacher
import Synchronization

/// Every answer that was ever paid for, in one SQLite file.
///
/// WAL mode, one writer at a time, each commit flushed to the disk. Several processes may share a file.
package final class AnswerCache: Sendable {
    package enum Use: Sendable {
        /// Nothing is written; the file must exist. A recording in JSON lines (`.jsonl`) is read into memory.
        case reading
        /// The file and its folder are made where they are missing.
        case writing
    }

    package let file: URL
    /// A new name each time that a file is opened: what is spent from here on, so that merged files know what they share.
    let spender = UUID().uuidString.lowercased()
    let database: DatabaseQueue
    let queue: CacheQueue
    /// The number of misses that were explained by the nearest row.
    let explained = Atomic(0)
    /// Attempts noted by this process.
    let attempts = Atomic(0)

    /// - Parameter sizeLimit: bytes that the database may grow to; beyond them storing fails as on a full disk.
    ///
    /// Throws `CacheError` for a file that is missing (when only reading), foreign, damaged or not to be written.
    package init(opening file: URL, for use: Use, sizeLimit: Int? = nil) throws {
        self.file = file
        if file.pathExtension == "jsonl" {
            guard use == .reading else {
                let sibling = file.deletingPathExtension().appendingPathExtension("sqlite").lastPathComponent
                throw CacheError(
                    .usage,
                    "\(file.path) is a recording, which is only replayed; to add to it, import it into \(sibling) (`AnswerCache.importRecording`), record there, export"
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

    /// The answer to the request: the one recorded under its key, else one recorded under another limit on tokens
    /// that would have come out the same under this one. Nil when there is neither.
    package func find(_ request: TeacherRequest) async throws -> StoredCompletion? {
        let key = AnswerKey.digest(of: request)
        return try await queue.find { db in
            if let answer = try StoredCompletion.fetch(db, key: key) { return answer }
            let (family, tokenLimit) = AnswerKey.family(of: request)
            return try tokenLimit.flatMap { try StoredCompletion.fetch(db, family: family, tokenLimit: $0) }
        }
    }

    /// Commits the answer; when this returns it is on the disk. Returns the row that the cache holds: where the key
    /// was taken and `replacing` is false, the one that was first.
    package func store(_ answer: StoredCompletion, replacing: Bool = false) async throws -> StoredCompletion {
        try await store([answer], replacing: replacing)[0]
    }

    /// The answer that a run which refreshes has asked for again already; nil where it has not.
    package func renewed(_ request: TeacherRequest, by run: String?) async throws -> StoredCompletion? {
        guard let run else { return nil }
        let key = AnswerKey.digest(of: request)
        return try await queue.find { db in try Self.isRenewed(key, by: run, db) ? StoredCompletion.fetch(db, key: key) : nil }
    }

    private static func isRenewed(_ key: Digest, by run: String?, _ db: Database) throws -> Bool {
        guard let run else { return false }
        let statement = try db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM renewal WHERE run = ? AND key = ?)")
        return try Bool.fetchOne(statement, arguments: [run, Data(key.bytes)]) ?? false
    }

    /// Commits the answers, all or none.
    ///
    /// - Parameter run: the run that refreshes; it does not ask for these again.
    package func store(_ answers: [StoredCompletion], replacing: Bool = false, run: String? = nil) async throws -> [StoredCompletion] {
        try await queue.write { try Self.put(answers, replacing: replacing, run: run, $0) }
    }

    /// Puts the answers in. Returns the rows that the cache then holds for them.
    static func put(_ answers: [StoredCompletion], replacing: Bool, run: String? = nil, _ db: Database) throws -> [StoredCompletion] {
        try answers.map { answer in
            if replacing, let run {
                try db.cachedStatement(sql: "INSERT OR IGNORE INTO renewal (run, key) VALUES (?, ?)")
                    .execute(arguments: [run, Data(answer.key.bytes)])
            }
            try db.cachedStatement(sql: "DELETE FROM claim WHERE key = ?").execute(arguments: [Data(answer.key.bytes)])
            let isIn = try answer.insert(db, replacing: replacing)
            // Another process was first: its answer is the one that everybody uses.
            return isIn ? answer : (try? StoredCompletion.fetch(db, key: answer.key)) ?? answer
        }
    }

    /// Folds the write-ahead log into the file and closes it; the cache is of no use afterwards. Not needed for
    /// anything to be kept, only for a file that stands alone.
    package func close() throws {
        try CacheError.telling(of: file) { try database.close() }
    }

    func read<Value>(_ body: (Database) throws -> Value) throws -> Value {
        try CacheError.telling(of: file) { try database.read(body) }
    }
}

/// Claims: processes that share a cache leave a note of what they are asking, so that no prompt is paid for twice.
extension AnswerCache {
    enum Claim: Sendable {
        /// It is this process's to ask.
        case granted
        /// Another process has the answer already.
        case answered(StoredCompletion)
        /// Another process is asking.
        case taken
        /// It lies in this open batch.
        case inBatch(Submission)
    }

    /// Claims the request, unless somebody has it. A claim ends with the answer's row or by `release`; one whose process is
    /// gone counts for nothing.
    ///
    /// - Parameter replacing: whether it is asked again although it is answered; for a run, once.
    func claim(_ request: TeacherRequest, replacing: Bool, run: String? = nil) async throws -> Claim {
        let key = AnswerKey.digest(of: request)
        return try await queue.write { db -> Result<Claim, CacheError> in
            // A damaged row is no answer, and no reason to fail what others write in the same turn: the error is handed out of it.
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

    /// True if another process that still runs is asking it.
    static func isAskedElsewhere(_ key: Digest, _ db: Database) throws -> Bool {
        let statement = try db.cachedStatement(sql: "SELECT CAST(process AS TEXT) FROM claim WHERE key = ?")
        guard let holder = try String.fetchOne(statement, arguments: [Data(key.bytes)]) else { return false }
        return holder != ProcessIdentity.own && ProcessIdentity.isAlive(holder)
    }

    func release(_ request: TeacherRequest) {
        let key = Data(AnswerKey.digest(of: request).bytes)
        queue.note { db in
            try db.cachedStatement(sql: "DELETE FROM claim WHERE key = ? AND process = ?").execute(arguments: [key, ProcessIdentity.own])
        }
    }

    /// The number of prompts that are being asked, by whichever process.
    package func claims() throws -> Int {
        try read { try Int.fetchOne($0, sql: "SELECT count(*) FROM claim") ?? 0 }
    }
}

/// A request that went over the wire and brought no answer. The one that brought it is the answer's own row.
package struct FailedAttempt: Sendable, Equatable, Codable {
    /// Which attempt it was, from 1.
    package var number: Int
    /// Milliseconds since 1970.
    package var startedAt: Int64
    /// Milliseconds.
    package var duration: Double
    /// The HTTP status; nil when no whole response came.
    package var status: Int?
    package var fault: String
    /// Milliseconds until the next attempt; nil when there was none.
    package var wait: Double?
}

extension AnswerCache {
    /// Keeps an attempt in the log, unless it brought the answer. Does not wait: it is on the disk no later than what is
    /// stored after it.
    package func note(_ attempt: Attempt) {
        attempts.add(1, ordering: .relaxed)
        guard let fault = attempt.fault else { return }
        let key = Data(AnswerKey.digest(of: attempt.request).bytes)
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

    /// The number of attempts that this process has noted, those that brought completions included.
    package var attemptsMade: Int { attempts.load(ordering: .relaxed) }

    /// The attempts for this key that brought no answer, in their order.
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
