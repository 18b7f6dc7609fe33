import GRDB
import PladTeacher

/// What one settlement adds to the account, and the reservation that it closes.
struct AccountEntry: Sendable {
    var teacher: String
    var model: String
    var answers = 0
    var paid = Money.zero
    var inDoubt = Money.zero
    /// 0 for none.
    var reservation: Int64 = 0

    func write(_ db: Database) throws {
        if reservation != 0 {
            try db.cachedStatement(sql: "DELETE FROM reservation WHERE id = ?").execute(arguments: [reservation])
        }
        guard paid > .zero || inDoubt > .zero else { return }
        try db.cachedStatement(
            sql: """
                INSERT INTO spending (teacher, model, answers, paid, in_doubt) VALUES (?, ?, ?, ?, ?)
                ON CONFLICT (teacher, model) DO UPDATE SET
                answers = answers + excluded.answers, paid = paid + excluded.paid, in_doubt = in_doubt + excluded.in_doubt
                """
        ).execute(arguments: [teacher, model, answers, paid.nanodollars, inDoubt.nanodollars])
    }
}
