import Foundation
import GRDB
import PladRecords
package import PladTeacher

extension AnswerCache {
    /// The places of requests that are to be asked for in batches.
    struct Intention: Sendable {
        /// Batches that are new.
        var fresh: [Submission] = []
        /// The names of all open batches that hold any of the requests, new or not.
        var open: Set<String> = []
        /// Why requests are in none.
        var failures: [Digest: TeacherError] = [:]
    }

    /// Writes batches of those requests down that are neither answered nor in a batch already and that the budget holds, and
    /// sets aside what they may cost: all in one transaction.
    func intend(_ requests: [TeacherRequest], url: String, most: (rows: Int, bytes: Int), _ ledger: Ledger?) async throws -> Intention {
        try await queue.write { db -> Result<Intention, CacheError> in
            var (intention, seen) = (Intention(), Set<Digest>())
            var load = BatchLoad(most: most)
            var total = try Account(db).total
            for request in requests {
                let key = AnswerKey.digest(of: request)
                let isAnswered = try Bool.fetchOne(
                    db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM answer WHERE key = ?)"), arguments: [Data(key.bytes)])
                guard isAnswered == false, seen.insert(key).inserted else { continue }
                do {
                    if let batch = try Submission.fetch(db, holding: key) {
                        intention.open.insert(batch.name)
                        continue
                    }
                } catch let error as CacheError {
                    // Nothing is written yet; what others write in the same turn must not fail with it.
                    return .failure(error)
                }
                if try Self.isAskedElsewhere(key, db) {
                    intention.failures[key] = TeacherError(
                        .exhausted, "another process is asking this; run the command again when it is done")
                    continue
                }
                let cost = ledger?.price.most(for: request)
                if let ledger, let budget = ledger.budget {
                    guard let cost, total + cost <= budget else {
                        intention.failures[key] = cost.map { .overBudget(inBatch: $0, total, budget) } ?? .boundless
                        continue
                    }
                    total = total + cost
                }
                load.add(request, cost: cost ?? .zero)
            }
            for batch in load.batches {
                var submission = Submission(of: batch.requests.count, batch.requests[0], url: url)
                submission.price = ledger?.price
                submission.reservation = try ledger?.reserve(batch.cost, db)
                try submission.insert(db, holding: batch.requests)
                intention.fresh.append(submission)
                intention.open.insert(submission.name)
            }
            return .success(intention)
        }.get()
    }

    /// Every batch that was ever written down, the oldest first.
    package func submissions() throws -> [Submission] {
        try read { try Row.fetchAll($0, sql: "SELECT \(Submission.columns) FROM batch ORDER BY made_at, rowid").map(Submission.init) }
    }

    /// The open batch that a request lies in.
    package func openBatch(holding request: TeacherRequest) throws -> Submission? {
        try read { try Submission.fetch($0, holding: AnswerKey.digest(of: request)) }
    }

    /// The requests of a batch that is not over, by their rows' ids.
    func requests(of submission: Submission) throws -> [String: TeacherRequest] {
        try read { db in
            let columns = "request, sample"
            let rows = try Row.fetchCursor(db, sql: "SELECT \(columns) FROM batch_row WHERE batch = ?", arguments: [submission.name])
            var requests: [String: TeacherRequest] = [:]
            while let row = try rows.next() {
                var reader = RowReader(row, columns)
                let body = try JSONValue(parsing: Data(reader.text().utf8))
                let request = TeacherRequest(
                    dialect: submission.dialect, teacher: submission.teacher, path: submission.path, body: body, sample: try reader.int())
                requests[AnswerKey.digest(of: request).description] = request
            }
            return requests
        }
    }

    func save(_ submission: Submission) async throws {
        try await queue.write { try submission.update($0) }
    }

    /// Makes a batch that is not known to be sent this process's to send or to take back. Returns false where it is sent, or
    /// where another process that runs is sending it.
    func take(_ submission: Submission) async throws -> Bool {
        try await queue.write { db in
            guard var open = try Submission.fetch(db, name: submission.name), open.isFree else { return false }
            open.process = ProcessIdentity.own
            try open.update(db)
            return true
        }
    }

    /// A batch at the provider that was taken for this one is somebody else's: it is not taken for it again, and this one is
    /// still to be sent.
    func disown(_ submission: Submission) async throws {
        var foreign = submission
        (foreign.name, foreign.phase) = ("foreign-\(submission.remoteID ?? "")", .foreign)
        (foreign.reservation, foreign.price) = (nil, nil)
        var unsent = submission.unsent
        unsent.process = ProcessIdentity.own
        try await queue.write { [foreign, unsent] db in
            if try Submission.fetch(db, name: foreign.name) == nil { try foreign.insert(db) }
            // Another process may have found out before, and sent it.
            if try Submission.fetch(db, name: unsent.name)?.remoteID == foreign.remoteID { try unsent.update(db) }
        }
    }

    /// Keeps what the provider says of a batch, unless it has ended meanwhile.
    func note(_ status: String, of submission: Submission) async throws {
        try await queue.write { db in
            try db.execute(
                sql: "UPDATE batch SET status = ? WHERE name = ? AND phase IN (?, ?)",
                arguments: [status, submission.name, Submission.Phase.sent.rawValue, Submission.Phase.guessed.rawValue])
        }
    }

    /// Ends a batch: its answers are kept and paid for, its other rows are free to be asked again, what was set aside for it is
    /// settled; all in one transaction. Returns false, and does nothing, where another process was first.
    ///
    /// - Parameter model: who is paid where nothing was set aside, as the account calls it.
    func end(
        _ submission: Submission, _ answers: [StoredCompletion], model: String = "", paid: Money = .zero, inDoubt: Money = .zero
    ) async throws -> Bool {
        try await queue.write { [spender] db in
            guard let open = try Submission.fetch(db, name: submission.name), open.isOpen else { return false }
            var ended = submission
            (ended.phase, ended.reservation) = (.ended, nil)
            try ended.update(db)
            _ = try Self.put(answers, replacing: false, db)
            try db.execute(sql: "DELETE FROM batch_row WHERE batch = ?", arguments: [ended.name])
            let row = try Row.fetchOne(
                db, sql: "SELECT CAST(teacher AS TEXT), CAST(model AS TEXT) FROM reservation WHERE id = ?", arguments: [open.reservation])
            let payee: (teacher: String, model: String) = row.map { ($0[0], $0[1]) } ?? (open.teacher, model)
            try AccountEntry(
                spender: spender, teacher: payee.teacher, model: payee.model, answers: answers.count, paid: paid, inDoubt: inDoubt,
                reservation: open.reservation ?? 0
            ).write(db)
            return true
        }
    }

    /// Ends a batch whose results nobody fetches: its rows are free to be asked again, and what was set aside for it is in doubt.
    package func forget(_ submission: Submission) async throws {
        let aside = try read { db in
            try Int64.fetchOne(
                db, sql: "SELECT CAST(nanodollars AS INTEGER) FROM reservation WHERE id = ?", arguments: [submission.reservation])
        }
        _ = try await end(submission, [], inDoubt: Money(nanodollars: aside ?? 0))
    }

    /// Takes a batch that was never sent back, and what was set aside for it. Leaves one alone that is sent, or that another
    /// process is sending.
    func withdraw(_ submission: Submission) async throws {
        try await queue.write { db in
            guard try Submission.fetch(db, name: submission.name)?.isFree == true else { return }
            try db.execute(sql: "DELETE FROM reservation WHERE id = ?", arguments: [submission.reservation])
            try db.execute(sql: "DELETE FROM batch_row WHERE batch = ?", arguments: [submission.name])
            try db.execute(sql: "DELETE FROM batch WHERE name = ?", arguments: [submission.name])
        }
    }
}

extension TeacherError {
    fileprivate static func overBudget(inBatch cost: Money, _ total: Money, _ budget: Money) -> TeacherError {
        TeacherError(
            .overBudget,
            "in a batch it may cost \(cost), and of the budget of \(budget) \(total) is spent or set aside; what batches do not use of it is free when they are over"
        )
    }
}
