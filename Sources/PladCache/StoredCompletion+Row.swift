import Foundation
import GRDB
import PladRecords

extension StoredCompletion {
    /// The columns in the order of `init(_:)` and `arguments`.
    static let columns = """
        key, family, dialect, teacher, path, request, sample, token_limit, status, response, finish_reason,
        prompt_tokens, completion_tokens, model, attempts, asked_at, first_byte, total, cached_tokens, reasoning_tokens,
        choice
        """

    /// Throws `CacheError.damaged` for a row that plad did not write.
    init(_ row: Row) throws {
        guard let key = Digest(bytes: row[0] as Data), let family = Digest(bytes: row[1] as Data),
            let finishReason = FinishReason(rawValue: row[10])
        else {
            throw CacheError(
                .damaged, "a row of the cache holds a key or finish reason that plad does not write; look at it by `AnswerCache.verify`")
        }
        self.key = key
        self.family = family
        self.finishReason = finishReason
        dialect = row[2]
        teacher = row[3]
        path = row[4]
        request = row[5]
        sample = row[6]
        tokenLimit = row[7]
        status = row[8]
        response = row[9]
        if let promptTokens: Int = row[11], let completionTokens: Int = row[12] {
            usage = Usage(
                promptTokens: promptTokens, completionTokens: completionTokens, cachedTokens: row[18], reasoningTokens: row[19])
        }
        model = row[13]
        attempts = row[14]
        askedAt = row[15]
        firstByte = row[16]
        total = row[17]
        choice = row[20]
    }

    private var arguments: StatementArguments {
        [
            Data(key.bytes), Data(family.bytes), dialect, teacher, path, request, sample, tokenLimit, status, response,
            finishReason.rawValue, usage?.promptTokens, usage?.completionTokens, model, attempts, askedAt, firstByte, total,
            usage?.cachedTokens, usage?.reasoningTokens, choice, Data(Digest(of: response).bytes),
        ]
    }

    /// Puts the row in. Where its key is taken, the row there stays unless `replacing`.
    /// Returns whether the database now holds this row.
    func insert(_ db: Database, replacing: Bool) throws -> Bool {
        let verb = replacing ? "INSERT OR REPLACE" : "INSERT OR IGNORE"
        let places = Array(repeating: "?", count: 22).joined(separator: ",")
        let statement = try db.cachedStatement(sql: "\(verb) INTO answer (\(Self.columns), response_digest) VALUES (\(places))")
        try statement.execute(arguments: arguments)
        return db.changesCount > 0
    }

    static func fetch(_ db: Database, key: Digest) throws -> StoredCompletion? {
        let statement = try db.cachedStatement(sql: "SELECT \(columns), response_digest FROM answer WHERE key = ?")
        return try Row.fetchOne(statement, arguments: [Data(key.bytes)]).map(whole)
    }

    /// An answer to the same request under another limit on tokens that is also the answer under `tokenLimit`: one
    /// that ended on its own, under a lower limit or within this one, or any under the same limit in another spelling.
    static func fetch(_ db: Database, family: Digest, tokenLimit: Int) throws -> StoredCompletion? {
        let statement = try db.cachedStatement(
            sql: """
                SELECT \(columns), response_digest FROM answer
                WHERE family = ?
                AND (token_limit = ? OR finish_reason NOT IN ('length', 'other') AND (token_limit <= ? OR completion_tokens <= ?))
                ORDER BY token_limit DESC, key LIMIT 1
                """)
        return try Row.fetchOne(statement, arguments: [Data(family.bytes), tokenLimit, tokenLimit, tokenLimit]).map(whole)
    }

    /// The answer, if its response is what was recorded: nothing is trained on that no teacher said.
    private static func whole(_ row: Row) throws -> StoredCompletion {
        let answer = try StoredCompletion(row)
        guard Digest(of: answer.response) == Digest(bytes: row["response_digest"] as Data) else {
            throw CacheError(
                .damaged,
                "a kept answer of \(answer.teacher) is not what was recorded; `AnswerCache.verify` lists such rows, `AnswerCache.recover` keeps the others"
            )
        }
        return answer
    }
}
