import Foundation
import GRDB
import PladRecords
import PladTeacher

/// Who asks: processes that share a cache leave a note of what they are asking, so that no question is paid for twice.
extension AnswerCache {
    enum Claim: Sendable {
        /// It is this process's to ask.
        case granted
        /// Another process has the answer already.
        case answered(StoredAnswer)
        /// Another process is asking.
        case taken
        /// It lies in this open batch.
        case inBatch(Submission)
    }

    /// Claims the request, unless somebody has it. A claim ends with the answer's row or by `release`; one whose process is
    /// gone counts for nothing.
    func claim(_ request: TeacherRequest, replacing: Bool) async throws -> Claim {
        let key = AnswerKey.digest(of: request)
        return try await queue.write { db in
            // A damaged row is no answer, and no reason to fail what others write in the same turn.
            if !replacing, let answer = try? StoredAnswer.fetch(db, key: key) { return .answered(answer) }
            if !replacing, let batch = try Submission.fetch(db, holding: key) { return .inBatch(batch) }
            if try Self.isAskedElsewhere(key, db) { return .taken }
            try db.cachedStatement(sql: "INSERT OR REPLACE INTO claim (key, process) VALUES (?, ?)")
                .execute(arguments: [Data(key.bytes), ProcessIdentity.own])
            return .granted
        }
    }

    /// Whether another process that still runs is asking it.
    static func isAskedElsewhere(_ key: Digest, _ db: Database) throws -> Bool {
        let statement = try db.cachedStatement(sql: "SELECT process FROM claim WHERE key = ?")
        guard let holder = try String.fetchOne(statement, arguments: [Data(key.bytes)]) else { return false }
        return holder != ProcessIdentity.own && ProcessIdentity.isAlive(holder)
    }

    func release(_ request: TeacherRequest) {
        let key = Data(AnswerKey.digest(of: request).bytes)
        queue.note { db in
            try db.cachedStatement(sql: "DELETE FROM claim WHERE key = ? AND process = ?").execute(arguments: [key, ProcessIdentity.own])
        }
    }

    /// How many questions are being asked, by whichever process.
    package func claims() throws -> Int {
        try read { try Int.fetchOne($0, sql: "SELECT count(*) FROM claim") ?? 0 }
    }
}
