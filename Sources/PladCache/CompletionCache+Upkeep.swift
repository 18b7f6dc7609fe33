package import Foundation
import GRDB
import PladHTTP
import PladRecords
import PladTeacher

extension CompletionCache {
    /// The result of a check of the whole file.
    package struct Verification: Sendable, Equatable, Codable {
        package var completions: Int
        /// Problems found, a line each.
        package var problems: [String]
    }

    /// Checks the file: decodes every column of every row, rehashes requests and responses, parses every response, and lets SQLite
    /// check its structure.
    package func verify() throws -> Verification {
        try read { db in
            var found = Verification(completions: 0, problems: [])
            found.problems = try String.fetchAll(db, sql: "PRAGMA integrity_check").filter { $0 != "ok" }.map { "SQLite: \($0)" }
            var last: Int64 = 0
            do {
                let rows = try Row.fetchCursor(db, sql: "SELECT \(StoredCompletion.columns), id FROM answer ORDER BY id")
                while let row = try rows.next() {
                    found.completions += 1
                    last = row["id"]
                    found.problems += Self.problems(row).map { "row \(last): \($0)" }
                }
            } catch let error as DatabaseError {
                found.problems.append("the completions after row \(last) cannot be read: \(error.message ?? "\(error.resultCode)")")
            }
            for table in Bookkeeping.all { found.problems += try table.problems(db) }
            return found
        }
    }

    private static func problems(_ row: Row) -> [String] {
        do {
            var recorded: Digest?
            let answer = try StoredCompletion(row, responseDigest: &recorded)
            let times = [answer.askedAt == nil, answer.firstByte == nil, answer.total == nil]
            return problems(answer, recorded: recorded)
                + (Set(times).count == 1 ? [] : ["some of its asked_at, first_byte and total are nothing, and not all are"])
        } catch let error as any Failure {
            return [error.message]
        } catch {
            return ["\(error)"]
        }
    }

    /// - Parameter recorded: digest of the response when it was recorded.
    private static func problems(_ answer: StoredCompletion, recorded: Digest?) -> [String] {
        guard let body = try? JSONValue(parsing: Data(answer.request.utf8)) else { return ["its request is not JSON"] }
        let request = TeacherRequest(
            dialect: answer.dialect, teacher: answer.teacher, path: answer.path, body: body, sample: answer.sample)
        var problems: [String] = []
        if request.bodyText != answer.request { problems.append("its request is not in canonical spelling") }
        if CompletionKey.digest(of: request) != answer.key {
            problems.append("its key \(answer.key.short) is not the digest of its request")
        }
        let family = CompletionKey.family(of: request)
        if family.digest != answer.family || family.tokenLimit != answer.tokenLimit {
            problems.append("its family or token limit is not its request's")
        }
        if Digest(of: answer.response) != recorded { problems.append("its response is not what was recorded") }
        switch Dialects.named(answer.dialect)?.read(status: answer.status, body: answer.response, choice: answer.choice) {
        case nil: break
        case .completion(let completion):
            // Older versions kept the whole of a long name.
            let kept = answer.model.map { $0.cut(toBytes: 300) }
            if completion.model != kept { problems.append("its model \(kept ?? "none") is not its response's") }
        case .fault(let fault): problems.append("its response is an error: HTTP \(fault.status): \(fault.message)")
        case .unreadable(let reason): problems.append("its response is not valid in \(answer.dialect): \(reason)")
        }
        return problems
    }
}

extension CompletionCache {
    /// The rows to remove or removed.
    package struct Garbage: Sendable, Equatable, Codable {
        package var completions: Int
        /// Bytes of their requests and responses.
        package var bytes: Int
    }

    /// Finds completions that are no longer needed: truncated ones whose prompt has a whole one under a higher limit and, if `teacher`
    /// is given, all of that teacher's. Removes them, and frees the space, only if `deleting`.
    package func collectGarbage(teacher: String? = nil, deleting: Bool) throws -> Garbage {
        let condition = """
            (finish_reason = 'length' AND EXISTS (
                SELECT 1 FROM answer AS fuller WHERE fuller.family = answer.family AND fuller.finish_reason NOT IN ('length', 'other')
                AND fuller.token_limit > answer.token_limit)) OR teacher = ?
            """
        let found = try read { db in
            let row = try Row.fetchOne(
                db, sql: "SELECT count(*), total(length(CAST(request AS BLOB)) + length(response)) FROM answer WHERE \(condition)",
                arguments: [teacher])!
            return Garbage(completions: row[0], bytes: Int(row[1] as Double))
        }
        guard deleting, found.completions > 0 else { return found }
        try CacheError.telling(of: file) {
            try database.write { try $0.execute(sql: "DELETE FROM answer WHERE \(condition)", arguments: [teacher]) }
            try database.writeWithoutTransaction { try $0.execute(sql: "VACUUM") }
        }
        return found
    }

    /// The numbers of rows recovered from a damaged file and lost.
    package struct Recovered: Sendable, Equatable, Codable {
        package var completions = 0
        /// Number of rows that were found but are unreadable or changed. Rows on lost pages are not counted.
        package var lost = 0
    }

    /// Copies every intact row of a damaged cache into a new one. The damaged file is only read.
    ///
    /// Throws `CacheError.usage` if `file` exists.
    package static func recover(_ damaged: URL, into file: URL) throws -> Recovered {
        guard !Files.exists(file) else {
            throw CacheError(.usage, "\(file.path) exists; give the name of a new file for the recovered rows")
        }
        let source = try CacheFile.openDamaged(damaged)
        let size = try Data(reading: damaged).count
        // Where there is nothing to save, no new file is left behind.
        try CacheError.telling(of: damaged) { try source.read { _ = try $0.makeStatement(sql: "SELECT id FROM answer") } }
        let sound = try CompletionCache(opening: file, for: .writing)
        return try source.writeWithoutTransaction { db in
            var recovered = Recovered()
            // What was paid stays paid, where its table can still be read.
            let account = (try? AccountEntry.all(db)) ?? (try? AccountEntry.all(older: db, spender: sound.spender)) ?? []
            let starts = (try? RunStart.all(db)) ?? []
            let renewed = (try? Renewal.all(db)) ?? []
            try CacheError.telling(of: file) {
                try sound.database.write { new in
                    try AccountEntry.merge(account, new)
                    try RunStart.insert(starts, new)
                    try Renewal.insert(renewed, new)
                }
            }
            let columns = try Self.columns(of: db)
            var last: Int64 = 0
            // Where the next rows are out of reach, numbers are tried one by one: no row takes fewer than 200 bytes.
            let most = Int64(size / 200)
            while true {
                let near = try? Int64.fetchAll(db, sql: "SELECT id FROM answer WHERE id > ? ORDER BY id LIMIT 500", arguments: [last])
                let ids = near ?? (last < most ? Array(last + 1...last + 500) : [])
                guard let end = ids.last else { return recovered }
                let rows = ids.compactMap { id -> StoredCompletion? in
                    do {
                        return try soundRow(id, columns, db)
                    } catch {
                        recovered.lost += 1
                        return nil
                    }
                }
                try CacheError.telling(of: file) {
                    try sound.database.write { db in
                        for row in rows where try row.insert(db, replacing: false) { recovered.completions += 1 }
                    }
                }
                last = end
            }
        }
    }

    /// The columns of completions that the file has; older files lack some.
    private static func columns(of db: Database) throws -> String {
        let held = Set(try String.fetchAll(db, sql: "SELECT name FROM pragma_table_info('answer')"))
        return StoredCompletion.names.map { held.contains($0) ? $0 : $0 == "choice" ? "0 AS choice" : "NULL AS \($0)" }
            .joined(separator: ", ")
    }

    /// The row of this number, nil if there is none. Throws if it is unreadable or changed.
    private static func soundRow(_ id: Int64, _ columns: String, _ db: Database) throws -> StoredCompletion? {
        guard let row = try Row.fetchOne(db, sql: "SELECT \(columns) FROM answer WHERE id = ?", arguments: [id]) else { return nil }
        var recorded: Digest?
        let answer = try StoredCompletion(row, responseDigest: &recorded)
        guard let problem = problems(answer, recorded: recorded).first else { return answer }
        throw CacheError(.damaged, problem)
    }
}
