import Foundation
import GRDB
import PladRecords

extension StoredCompletion {
    /// Columns in the order of `init(_:)` and `arguments`.
    static let columns = """
        key, family, dialect, teacher, path, request, sample, token_limit, status, response, finish_reason,
        prompt_tokens, completion_tokens, model, attempts, asked_at, first_byte, total, cached_tokens, reasoning_tokens,
        choice, response_digest
        """

    static let names = columns.split(whereSeparator: { $0 == "," || $0.isWhitespace }).map(String.init)

    /// Reads the row. Throws `CacheError.damaged` with the column whose value plad does not write.
    ///
    /// - Parameter responseDigest: receives the digest of the response when it was recorded.
    init(_ row: Row, responseDigest: inout Digest?) throws {
        var reader = RowReader(row, named: Self.names)
        key = try reader.digest()
        family = try reader.digest()
        dialect = try reader.text()
        teacher = try reader.text()
        path = try reader.text()
        request = try reader.text()
        sample = try reader.int()
        tokenLimit = try reader.optionalInt(RowReader.Bounds.any)
        status = try reader.int(RowReader.Bounds.status)
        response = try reader.data()
        finishReason = try reader.value()
        let (promptTokens, completionTokens) = (try reader.optionalInt(), try reader.optionalInt())
        model = try reader.optionalText()
        attempts = try reader.int()
        askedAt = try reader.optionalInt(RowReader.Bounds.time).map { Int64($0) }
        firstByte = try reader.optionalDuration()
        total = try reader.optionalDuration()
        let (cachedTokens, reasoningTokens) = (try reader.optionalInt(), try reader.optionalInt())
        guard (promptTokens == nil) == (completionTokens == nil) else {
            throw CacheError(.damaged, "its prompt_tokens or completion_tokens is nothing, and not both are")
        }
        if let promptTokens, let completionTokens {
            usage = Usage(
                promptTokens: promptTokens, completionTokens: completionTokens, cachedTokens: cachedTokens, reasoningTokens: reasoningTokens
            )
        }
        choice = try reader.int()
        responseDigest = try reader.digest()
    }

    /// Reads the row. Throws `CacheError.damaged`.
    init(_ row: Row) throws {
        var digest: Digest?
        try self.init(row, responseDigest: &digest)
    }

    private var arguments: StatementArguments {
        [
            Data(key.bytes), Data(family.bytes), dialect, teacher, path, request, sample, tokenLimit, status, response,
            finishReason.rawValue, usage?.promptTokens, usage?.completionTokens, model, attempts, askedAt, firstByte, total,
            usage?.cachedTokens, usage?.reasoningTokens, choice, Data(Digest(of: response).bytes),
        ]
    }

    /// Inserts the row; an existing row with its key is kept unless `replacing`. Returns true if the database now holds this row.
    func insert(_ db: Database, replacing: Bool) throws -> Bool {
        let verb = replacing ? "INSERT OR REPLACE" : "INSERT OR IGNORE"
        let places = Array(repeating: "?", count: Self.names.count).joined(separator: ",")
        let statement = try db.cachedStatement(sql: "\(verb) INTO answer (\(Self.columns)) VALUES (\(places))")
        try statement.execute(arguments: arguments)
        return db.changesCount > 0
    }

    static func fetch(_ db: Database, key: Digest) throws -> StoredCompletion? {
        let statement = try db.cachedStatement(sql: "SELECT \(columns) FROM answer WHERE key = ?")
        return try Row.fetchOne(statement, arguments: [Data(key.bytes)]).map(whole)
    }

    /// A completion of the same request under another limit on tokens that would be the same under `tokenLimit`: one that ended by
    /// itself, under a lower limit or within this one, or any under the same limit in another spelling.
    static func fetch(_ db: Database, family: Digest, tokenLimit: Int) throws -> StoredCompletion? {
        let statement = try db.cachedStatement(
            sql: """
                SELECT \(columns) FROM answer
                WHERE family = ?
                AND (token_limit = ? OR finish_reason NOT IN ('length', 'other') AND (token_limit <= ? OR completion_tokens <= ?))
                ORDER BY token_limit DESC, key LIMIT 1
                """)
        return try Row.fetchOne(statement, arguments: [Data(family.bytes), tokenLimit, tokenLimit, tokenLimit]).map(whole)
    }

    /// The completion, if its response is unchanged since its recording: only the teacher's own texts are trained on.
    private static func whole(_ row: Row) throws -> StoredCompletion {
        var recorded: Digest?
        let problem: String
        do {
            let found = try StoredCompletion(row, responseDigest: &recorded)
            if Digest(of: found.response) == recorded { return found }
            problem = "its response is another"
        } catch let error as CacheError {
            problem = error.message
        }
        throw CacheError(
            .damaged,
            "a kept completion is not what was recorded (\(problem)); `CompletionCache.verify` lists such rows, `CompletionCache.recover` keeps the others"
        )
    }
}
