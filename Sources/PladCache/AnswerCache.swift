package import Foundation
import GRDB
import PladRecords
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
    /// How many misses were explained by what is nearest.
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
            queue = CacheQueue(database, file: file)
            try importRecording(file)
        } else {
            database = try use == .reading ? CacheFile.openForReading(file) : CacheFile.openForWriting(file, sizeLimit: sizeLimit)
            queue = CacheQueue(database, file: file)
        }
    }

    /// The answer to the request: the one recorded under its key, else one recorded under another limit on tokens
    /// that would have come out the same under this one. Nil when there is neither.
    package func find(_ request: TeacherRequest) async throws -> StoredAnswer? {
        let key = AnswerKey.digest(of: request)
        return try await queue.find { db in
            if let answer = try StoredAnswer.fetch(db, key: key) { return answer }
            let (family, tokenLimit) = AnswerKey.family(of: request)
            return try tokenLimit.flatMap { try StoredAnswer.fetch(db, family: family, tokenLimit: $0) }
        }
    }

    /// Commits the answer; when this returns it is on the disk. Returns the row that the cache holds: where the key
    /// was taken and `replacing` is false, the one that was first.
    package func store(_ answer: StoredAnswer, replacing: Bool = false) async throws -> StoredAnswer {
        try await store([answer], replacing: replacing)[0]
    }

    /// Commits the answers, all or none.
    package func store(_ answers: [StoredAnswer], replacing: Bool = false) async throws -> [StoredAnswer] {
        try await queue.write { try Self.put(answers, replacing: replacing, $0) }
    }

    /// Puts the answers in. Returns the rows that the cache then holds for them.
    static func put(_ answers: [StoredAnswer], replacing: Bool, _ db: Database) throws -> [StoredAnswer] {
        try answers.map { answer in
            try db.cachedStatement(sql: "DELETE FROM claim WHERE key = ?").execute(arguments: [Data(answer.key.bytes)])
            let isIn = try answer.insert(db, replacing: replacing)
            // Another process was first: its answer is the one that everybody uses.
            return isIn ? answer : (try? StoredAnswer.fetch(db, key: answer.key)) ?? answer
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
