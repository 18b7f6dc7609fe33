import Foundation
import GRDB
import PladRecords

/// A spender of the account, and its run.
struct RunStart {
    private static let columns = "spender, run"
    var spender: String
    var run: String

    /// All rows of a file; those that plad did not write are skipped.
    static func all(_ db: Database) throws -> [RunStart] {
        try Row.fetchAll(db, sql: "SELECT \(columns) FROM run_start").compactMap { row in
            var reader = RowReader(row, columns)
            guard let spender = try? reader.text(), let run = try? reader.text() else { return nil }
            return RunStart(spender: spender, run: run)
        }
    }

    /// Inserts those that are missing.
    static func insert(_ starts: [RunStart], _ db: Database) throws {
        for start in starts {
            try db.execute(sql: "INSERT OR IGNORE INTO run_start (\(columns)) VALUES (?, ?)", arguments: [start.spender, start.run])
        }
    }
}

/// A completion that a refreshing run has requested again.
struct Renewal {
    private static let columns = "run, key"
    var run: String
    var key: Digest

    /// All rows of a file; those that plad did not write are skipped.
    static func all(_ db: Database) throws -> [Renewal] {
        try Row.fetchAll(db, sql: "SELECT \(columns) FROM renewal").compactMap { row in
            var reader = RowReader(row, columns)
            guard let run = try? reader.text(), let key = try? reader.digest() else { return nil }
            return Renewal(run: run, key: key)
        }
    }

    /// Inserts those that are missing.
    static func insert(_ renewals: [Renewal], _ db: Database) throws {
        for renewal in renewals {
            try db.execute(
                sql: "INSERT OR IGNORE INTO renewal (\(columns)) VALUES (?, ?)", arguments: [renewal.run, Data(renewal.key.bytes)])
        }
    }
}
