import Foundation
import GRDB
package import PladRecords
package import PladTeacher
import Synchronization

extension CompletionCache {
    /// The rows in the order of recording, the newest last; at most the last `limit` if it is given.
    package func list(limit: Int? = nil) throws -> [StoredCompletion] {
        try read { db in
            let rows = try Row.fetchAll(
                db, sql: "SELECT \(StoredCompletion.columns) FROM (SELECT * FROM answer ORDER BY id DESC LIMIT ?) ORDER BY id",
                arguments: [limit ?? -1])
            return try rows.map(Self.listed)
        }
    }

    /// The rows whose key starts with these hexadecimal digits.
    package func list(keyPrefix: String) throws -> [StoredCompletion] {
        try read { db in
            let rows = try Row.fetchAll(
                db, sql: "SELECT \(StoredCompletion.columns) FROM answer WHERE hex(key) LIKE ? ORDER BY id",
                arguments: [keyPrefix.filter(\.isHexDigit).uppercased() + "%"])
            return try rows.map(Self.listed)
        }
    }

    private static func listed(_ row: Row) throws -> StoredCompletion {
        do {
            return try StoredCompletion(row)
        } catch let error as CacheError {
            throw CacheError(.damaged, "a row of the cache cannot be read: \(error.message); look at it by `CompletionCache.verify`")
        }
    }

    /// Counts of a cache's rows, by teacher, model and finish reason.
    package struct Statistics: Sendable, Equatable, Codable {
        package struct Group: Sendable, Equatable, Codable {
            package var teacher: String
            package var model: String?
            package var finishReason: FinishReason
            package var completions: Int
            package var promptTokens: Int
            package var completionTokens: Int
        }

        package var completions: Int
        /// Number of requests sent for them.
        package var attempts: Int
        /// Bytes of requests and responses.
        package var bytes: Int
        package var groups: [Group]
        /// Cost of the completions, as far as their price was known at the time.
        package var account: Account
        /// Number of requests that brought no completion.
        package var failedAttempts: Int
    }

    package func statistics() throws -> Statistics {
        try read { db in
            let sums = try Row.fetchOne(
                db, sql: "SELECT count(*), total(attempts), total(length(CAST(request AS BLOB)) + length(response)) FROM answer")!
            let groups = try Row.fetchAll(
                db,
                sql: """
                    SELECT CAST(teacher AS TEXT), CAST(model AS TEXT), CAST(finish_reason AS TEXT), count(*), total(prompt_tokens),
                    total(completion_tokens) FROM answer GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
                    """)
            return Statistics(
                completions: sums[0], attempts: Int(clamping: sums[1] as Double), bytes: Int(clamping: sums[2] as Double),
                groups: groups.map {
                    Statistics.Group(
                        teacher: $0[0] ?? "", model: $0[1], finishReason: ($0[2] as String?).flatMap(FinishReason.init) ?? .other,
                        completions: $0[3],
                        promptTokens: Int(clamping: $0[4] as Double), completionTokens: Int(clamping: $0[5] as Double))
                },
                account: try Account(db), failedAttempts: try Int.fetchOne(db, sql: "SELECT count(*) FROM attempt") ?? 0)
        }
    }
}

extension CompletionCache {
    /// The lookup of a request's completion, step by step.
    package struct Explanation: Sendable, Equatable, Codable {
        package enum State: String, Sendable, Codable {
            case hit
            /// The completion was recorded under another limit on tokens, and would be the same under this one.
            case hitUnderAnotherLimit = "hit-under-another-limit"
            case miss
        }

        package var state: State
        /// Digest of the parts that follow it.
        package var key: String
        package var dialect: String
        package var teacher: String
        package var path: String
        package var sample: Int
        /// Body as canonical JSON.
        package var body: String
        /// Key of the row found or, on a miss, of the nearest one.
        package var found: String?
        /// First field in which the nearest row differs, on a miss.
        package var difference: String?
        /// Requests for this key that brought no completion.
        package var attempts: [FailedAttempt]
    }

    package func explain(_ request: TeacherRequest) async throws -> Explanation {
        let key = CompletionKey.digest(of: request)
        var explanation = Explanation(
            state: .miss, key: key.description, dialect: request.dialect, teacher: request.teacher, path: request.path,
            sample: request.sample, body: request.bodyText, attempts: try attempts(for: key))
        if let answer = try await find(request) {
            explanation.state = answer.key == key ? .hit : .hitUnderAnotherLimit
            explanation.found = answer.key.description
        } else if let (near, difference) = try nearest(to: request) {
            explanation.found = near.description
            explanation.difference = difference.description
        }
        return explanation
    }
}

extension CompletionCache {
    /// The most similar recorded request, and the first field in which they differ; nil for an empty cache.
    ///
    /// Searches requests of the same family first, then the newest 20,000.
    package func nearest(to request: TeacherRequest) throws -> (key: Digest, difference: RequestDifference)? {
        let family = CompletionKey.family(of: request).digest
        let asked = Self.document(
            dialect: request.dialect, teacher: request.teacher, path: request.path, body: request.body, sample: request.sample)
        return try read { db in
            let columns = "SELECT \(Self.nearColumns) FROM answer"
            let kin = try Self.mostLike(asked, try Row.fetchCursor(db, sql: "\(columns) WHERE family = ?", arguments: [Data(family.bytes)]))
            let found = try kin ?? Self.mostLike(asked, try Row.fetchCursor(db, sql: "\(columns) ORDER BY id DESC LIMIT 20000"))
            guard let found, let difference = RequestDifference(recorded: found.document, asked: asked) else { return nil }
            return (found.key, difference)
        }
    }

    /// The error for a request that replay does not find.
    ///
    /// - Parameter nameSetting: name of the setting for the teacher's name.
    func notRecorded(_ request: TeacherRequest, nameSetting: String) throws -> CacheError {
        let way = "record it by the same command without `teacher.replay`"
        // Looking for what is nearest takes as long as thousands of completions: a run that goes on without them all need not hear it of each.
        guard explained.add(1, ordering: .relaxed).newValue <= 10 else {
            return CacheError(.notRecorded, "\(file.path) holds no completion of this request; \(way)")
        }
        guard let (key, difference) = try nearest(to: request) else {
            return CacheError(.notRecorded, "the recording \(file.path) holds no completions; \(way)")
        }
        let hint = difference.field == "teacher" ? "give `\(nameSetting)` \(difference.recorded ?? ""), or \(way)" : way
        return CacheError(
            .notRecorded, "\(file.path) holds no completion of this request; the nearest, \(key.short), differs in \(difference); \(hint)")
    }

    private static func mostLike(_ asked: JSONValue, _ rows: RowCursor) throws -> (key: Digest, document: JSONValue)? {
        var best: (key: Digest, document: JSONValue)?
        var bestLikeness = -1.0
        let fields = RequestDifference.fields(of: asked)
        while let row = try rows.next() {
            // A damaged row is like nothing.
            guard let (key, document) = try? near(row) else { continue }
            let likeness = RequestDifference.likeness(fields, document)
            if likeness > bestLikeness {
                bestLikeness = likeness
                best = (key, document)
            }
        }
        return best
    }

    private static let nearColumns = "key, dialect, teacher, path, request, sample"

    private static func near(_ row: Row) throws -> (key: Digest, document: JSONValue) {
        var reader = RowReader(row, nearColumns)
        let key = try reader.digest()
        let (dialect, teacher, path) = (try reader.text(), try reader.text(), try reader.text())
        let body = try JSONValue(parsing: Data(try reader.text().utf8))
        return (key, document(dialect: dialect, teacher: teacher, path: path, body: body, sample: try reader.int()))
    }

    private static func document(dialect: String, teacher: String, path: String, body: JSONValue, sample: Int) -> JSONValue {
        [
            "dialect": .string(dialect), "teacher": .string(teacher), "path": .string(path), "body": body,
            "sample": .int(Int64(sample)),
        ]
    }
}
