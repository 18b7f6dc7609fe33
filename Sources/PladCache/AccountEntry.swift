import GRDB
import PladTeacher

/// What one settlement adds to the account, and the reservation that it closes.
struct AccountEntry: Sendable {
    /// `AnswerCache.spender`.
    var spender: String
    var teacher: String
    var model: String
    var answers = 0
    var paid = Money.zero
    var inDoubt = Money.zero
    /// 0 for none.
    var reservation: Int64 = 0

    /// Nine billion dollars, in nanodollars: whatever endpoints count, no sum leaves 64 bits.
    private static let most = 9_000_000_000_000_000_000

    func write(_ db: Database) throws {
        if reservation != 0 {
            try db.cachedStatement(sql: "DELETE FROM reservation WHERE id = ?").execute(arguments: [reservation])
        }
        guard paid > .zero || inDoubt > .zero else { return }
        try db.cachedStatement(
            sql: """
                INSERT INTO spending (spender, teacher, model, answers, paid, in_doubt) VALUES (?, ?, ?, ?, ?, ?)
                ON CONFLICT (spender, teacher, model) DO UPDATE SET
                answers = answers + excluded.answers, paid = min(\(Self.most), paid + excluded.paid),
                in_doubt = min(\(Self.most), in_doubt + excluded.in_doubt)
                """
        ).execute(arguments: [spender, teacher, model, answers, paid.nanodollars, inDoubt.nanodollars])
    }

    /// The whole account, by spenders.
    static func all(_ db: Database) throws -> [Row] {
        try Row.fetchAll(db, sql: "SELECT spender, teacher, model, answers, paid, in_doubt FROM spending")
    }

    /// The whole account of a file from before spenders had names, as spent by the one given.
    static func all(older db: Database, spender: String) throws -> [Row] {
        try Row.fetchAll(db, sql: "SELECT ?, teacher, model, answers, paid, in_doubt FROM spending", arguments: [spender])
    }

    /// Adds what another file's account says. A spender only ever spends more, so of two notes on the same one the
    /// larger is the later: whatever is merged, and however often, money is counted once. What was written off here and
    /// not there is in doubt again.
    static func merge(_ account: [Row], _ db: Database) throws {
        for row in account {
            try db.execute(
                sql: """
                    INSERT INTO spending (spender, teacher, model, answers, paid, in_doubt) VALUES (?, ?, ?, ?, ?, ?)
                    ON CONFLICT (spender, teacher, model) DO UPDATE SET answers = max(answers, excluded.answers),
                    paid = max(paid, excluded.paid), in_doubt = max(in_doubt, excluded.in_doubt)
                    """,
                arguments: [
                    row[0] as String, row[1] as String, row[2] as String, row[3] as Int64, row[4] as Int64, row[5] as Int64,
                ])
        }
    }
}
