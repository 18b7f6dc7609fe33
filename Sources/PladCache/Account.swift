import GRDB
package import PladTeacher

/// What a cache's answers have cost.
package struct Account: Sendable, Equatable, Codable {
    /// For answers, as the providers counted their tokens.
    package var paid: Money
    /// For requests that broke off, at the most that they can have cost.
    package var inDoubt: Money
    /// For requests under way, or lost in a crash, at the most that they can cost.
    package var reserved: Money
    /// For open batches, at the most that they can cost.
    package var inBatches: Money

    package var total: Money { paid + inDoubt + reserved + inBatches }

    init(_ db: Database) throws {
        let row = try Row.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT total(paid), total(in_doubt), (SELECT total(nanodollars) FROM reservation),
                    (SELECT total(nanodollars) FROM batch JOIN reservation ON reservation.id = batch.reservation) FROM spending
                    """))
        func money(_ column: Int) -> Int64 { Int64(min(row?[column] as Double? ?? 0, 9e18)) }
        paid = Money(nanodollars: money(0))
        inDoubt = Money(nanodollars: money(1))
        reserved = Money(nanodollars: money(2) - money(3))
        inBatches = Money(nanodollars: money(3))
    }
}

extension AnswerCache {
    package func account() throws -> Account { try read(Account.init) }

    /// What `writeOff` takes off the account, and what it leaves there.
    package struct WriteOff: Sendable, Equatable {
        package var inDoubt: Money
        /// For requests of processes that are gone.
        package var reserved: Money
        /// For requests of processes that still run: these stay.
        package var underWay: Money
        package var paid: Money

        package init(inDoubt: Money, reserved: Money, underWay: Money, paid: Money) {
            (self.inDoubt, self.reserved, self.underWay, self.paid) = (inDoubt, reserved, underWay, paid)
        }
    }

    /// Takes what is in doubt, or set aside by processes that are gone, off the account, once the provider's bill has shown that it
    /// cost nothing. What running processes of this machine have set aside stays, and what is for open batches. Returns what
    /// is, or would be, taken off.
    ///
    /// - Parameter deleting: whether to do it, and not only to look.
    package func writeOff(deleting: Bool) throws -> WriteOff {
        func look(_ db: Database) throws -> (WriteOff, gone: [Int64]) {
            let account = try Account(db)
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT id, nanodollars, process FROM reservation
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
