import GRDB
import PladRecords
package import PladTeacher

/// The cost of a cache's completions.
package struct Account: Sendable, Equatable, Codable {
    /// Paid for completions, by the providers' token counts.
    package var paid: Money
    /// Upper bound of the cost of requests that broke off.
    package var inDoubt: Money
    /// Upper bound of the cost of requests under way, or lost in a crash.
    package var reserved: Money
    /// Upper bound of the cost of open batches.
    package var inBatches: Money

    package var total: Money { paid + inDoubt + reserved + inBatches }

    init(_ db: Database) throws {
        let row = try Row.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT total(paid), total(in_doubt), (SELECT total(nanodollars) FROM reservation),
                    (SELECT total(nanodollars) FROM batch JOIN reservation ON reservation.id = batch.reservation) FROM spending
                    """))
        func money(_ column: Int) -> Money { Money(clamping: row?[column] as Double? ?? 0) }
        (paid, inDoubt, inBatches) = (money(0), money(1), money(3))
        reserved = Money(nanodollars: max(0, money(2).nanodollars - inBatches.nanodollars))
    }
}

/// The cost of all processes of a run, killed ones included.
package struct RunCost: Sendable, Equatable, Codable {
    package var paid = Money.zero
    /// Upper bound of the cost of requests that broke off or were under way when their process ended.
    package var inDoubt = Money.zero

    package init(paid: Money = .zero, inDoubt: Money = .zero) {
        (self.paid, self.inDoubt) = (paid, inDoubt)
    }
}

extension CompletionCache {
    /// Records the run of this process, before its next request is on the account.
    package func begin(_ run: String) {
        queue.note { [spender] db in
            try db.execute(sql: "INSERT OR REPLACE INTO run_start (spender, run) VALUES (?, ?)", arguments: [spender, run])
        }
    }

    /// The cost of a run's processes in this cache, without the reservations of those that still run.
    package func cost(of run: String) throws -> RunCost {
        try read { db in
            let spent = try Row.fetchOne(
                db, sql: "SELECT total(paid), total(in_doubt) FROM spending JOIN run_start USING (spender) WHERE run = ?", arguments: [run])
            func money(_ column: Int) -> Money { Money(clamping: spent?[column] as Double? ?? 0) }
            let aside = try Row.fetchAll(
                db,
                sql: """
                    SELECT CAST(nanodollars AS INTEGER), CAST(process AS TEXT) FROM reservation JOIN run_start USING (spender) WHERE run = ?
                    AND id NOT IN (SELECT reservation FROM batch WHERE reservation IS NOT NULL)
                    """, arguments: [run])
            let lost = aside.filter { !ProcessIdentity.isAlive($0[1]) }.reduce(Money.zero) { $0 + Money(nanodollars: $1[0]) }
            return RunCost(paid: money(0), inDoubt: money(1) + lost)
        }
    }

    package func account() throws -> Account { try read(Account.init) }

    /// The amounts that `writeOff` removes from the account, and those that it leaves.
    package struct WriteOff: Sendable, Equatable {
        package var inDoubt: Money
        /// Reservations of processes that have ended.
        package var reserved: Money
        /// Reservations of processes that still run; they stay.
        package var underWay: Money
        package var paid: Money

        package init(inDoubt: Money, reserved: Money, underWay: Money, paid: Money) {
            (self.inDoubt, self.reserved, self.underWay, self.paid) = (inDoubt, reserved, underWay, paid)
        }
    }

    /// Removes amounts in doubt, and reservations of processes that have ended, from the account, for use after the provider's bill has
    /// shown that they cost nothing. Reservations of running processes of this machine and of open batches stay. Returns the amounts.
    ///
    /// - Parameter deleting: true to remove them, false only to report them.
    package func writeOff(deleting: Bool) throws -> WriteOff {
        func look(_ db: Database) throws -> (WriteOff, gone: [Int64]) {
            let account = try Account(db)
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT id, CAST(nanodollars AS INTEGER), CAST(process AS TEXT) FROM reservation
                    WHERE id NOT IN (SELECT reservation FROM batch WHERE reservation IS NOT NULL)
                    """)
            let isAlive = Dictionary(uniqueKeysWithValues: Set(rows.map { $0[2] as String }).map { ($0, ProcessIdentity.isAlive($0)) })
            let gone = rows.filter { isAlive[$0[2]] != true }
            let reserved = gone.reduce(Money.zero) { $0 + Money(nanodollars: $1[1]) }
            let underWay = rows.filter { isAlive[$0[2]] == true }.reduce(Money.zero) { $0 + Money(nanodollars: $1[1]) }
            let found = WriteOff(inDoubt: account.inDoubt, reserved: reserved, underWay: underWay, paid: account.paid)
            return (found, gone.map { $0[0] })
        }
        guard deleting else { return try read { try look($0).0 } }
        return try CacheError.telling(of: file) {
            try database.write { db in
                let (found, gone) = try look(db)
                for id in gone { try db.cachedStatement(sql: "DELETE FROM reservation WHERE id = ?").execute(arguments: [id]) }
                try db.execute(sql: "UPDATE spending SET in_doubt = 0")
                return found
            }
        }
    }
}

/// One settlement's change of the account, and the reservation that it closes.
struct AccountEntry: Sendable {
    /// Value of `CompletionCache.spender`.
    var spender: String
    var teacher: String
    var model: String
    var answers = 0
    var paid = Money.zero
    var inDoubt = Money.zero
    /// Id of the reservation; 0 for none.
    var reservation: Int64 = 0

    /// Upper bound of every sum, nine billion dollars in nanodollars, so that none overflows 64 bits whatever endpoints report.
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

    /// A row of the account: a spender's total for a model.
    struct Line: Sendable {
        var spender: String
        var teacher: String
        var model: String
        var answers: Int
        var paid: Int
        var inDoubt: Int

        /// Reads a row. Throws `CacheError.damaged` for one that plad did not write.
        init(_ row: Row) throws {
            var reader = RowReader(row, Line.columns)
            (spender, teacher, model) = (try reader.text(), try reader.text(), try reader.text())
            answers = try reader.int()
            (paid, inDoubt) = (try reader.int(RowReader.Bounds.money), try reader.int(RowReader.Bounds.money))
        }

        static let columns = "spender, teacher, model, answers, paid, in_doubt"
    }

    /// All rows of the account; rows that plad did not write are skipped.
    static func all(_ db: Database) throws -> [Line] {
        try Row.fetchAll(db, sql: "SELECT \(Line.columns) FROM spending").compactMap { try? Line($0) }
    }

    /// All rows of the account in a file from before spenders had names, under the given spender.
    static func all(older db: Database, spender: String) throws -> [Line] {
        try Row.fetchAll(db, sql: "SELECT ?, teacher, model, answers, paid, in_doubt FROM spending", arguments: [spender]).compactMap {
            try? Line($0)
        }
    }

    /// Merges another file's account. A spender's total only grows, so of two values for the same one the larger is the later: money is
    /// counted once, however often files are merged. An amount that was written off here but not there is in doubt again.
    static func merge(_ account: [Line], _ db: Database) throws {
        for line in account {
            try db.execute(
                sql: """
                    INSERT INTO spending (spender, teacher, model, answers, paid, in_doubt) VALUES (?, ?, ?, ?, ?, ?)
                    ON CONFLICT (spender, teacher, model) DO UPDATE SET answers = max(answers, excluded.answers),
                    paid = max(paid, excluded.paid), in_doubt = max(in_doubt, excluded.in_doubt)
                    """,
                arguments: [line.spender, line.teacher, line.model, line.answers, line.paid, line.inDoubt])
        }
    }
}
