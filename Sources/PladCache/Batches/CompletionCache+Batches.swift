import Foundation
import GRDB
import PladRecords
package import PladTeacher

extension CompletionCache {
    /// The assignment of requests to batches.
    struct Intention: Sendable {
        /// New batches.
        var fresh: [Submission] = []
        /// Names of all open batches that hold any of the requests, new or not.
        var open: Set<String> = []
        /// Reasons why requests are in no batch.
        var failures: [Digest: TeacherError] = [:]
    }

    /// Records batches of those requests that have no completion, are in no batch yet and fit the budget, and reserves their cost, all
    /// in one transaction.
    func intend(_ requests: [TeacherRequest], url: String, most: (rows: Int, bytes: Int), _ ledger: Ledger?) async throws -> Intention {
        try await queue.write { db -> Result<Intention, CacheError> in
            var (intention, seen) = (Intention(), Set<Digest>())
            var load = BatchLoad(most: most)
            var total = try Account(db).total
            for request in requests {
                let key = CompletionKey.digest(of: request)
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

    /// All batches ever recorded, the oldest first.
    package func submissions() throws -> [Submission] {
        try read { try Row.fetchAll($0, sql: "SELECT \(Submission.columns) FROM batch ORDER BY made_at, rowid").map(Submission.init) }
    }

    /// The open batch that holds a request.
    package func openBatch(holding request: TeacherRequest) throws -> Submission? {
        try read { try Submission.fetch($0, holding: CompletionKey.digest(of: request)) }
    }

    /// The requests of an open batch, by their rows' ids.
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
                requests[CompletionKey.digest(of: request).description] = request
            }
            return requests
        }
    }

    func save(_ submission: Submission) async throws {
        try await queue.write { try submission.update($0) }
    }

    /// Assigns a batch that is not known to be submitted to this process, which may then submit or withdraw it. Returns false if it is
    /// submitted, or if another running process is submitting it.
    func take(_ submission: Submission) async throws -> Bool {
        try await queue.write { db in
            guard var open = try Submission.fetch(db, name: submission.name), open.isFree else { return false }
            open.process = ProcessIdentity.own
            try open.update(db)
            return true
        }
    }

    /// Corrects a wrong guess: the provider's batch is somebody else's. It is not guessed again, and this one is still to be submitted.
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

    /// Records the provider's status of a batch, unless it has ended meanwhile.
    func note(_ status: String, of submission: Submission) async throws {
        try await queue.write { db in
            try db.execute(
                sql: "UPDATE batch SET status = ? WHERE name = ? AND phase IN (?, ?)",
                arguments: [status, submission.name, Submission.Phase.sent.rawValue, Submission.Phase.guessed.rawValue])
        }
    }

    /// Ends a batch: stores its completions and their cost, frees its other rows for new requests, and settles its reservation, all in
    /// one transaction. Returns false, and does nothing, if another process was first.
    ///
    /// - Parameter model: model on the account for a batch without a reservation.
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

    /// Ends a batch without fetching its results: its rows are free for new requests, and its reservation is in doubt.
    package func forget(_ submission: Submission) async throws {
        let aside = try read { db in
            try Int64.fetchOne(
                db, sql: "SELECT CAST(nanodollars AS INTEGER) FROM reservation WHERE id = ?", arguments: [submission.reservation])
        }
        _ = try await end(submission, [], inDoubt: Money(nanodollars: aside ?? 0))
    }

    /// Withdraws a batch that was never submitted, with its reservation. Leaves one alone that is submitted, or that another process is
    /// submitting.
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
            "in a batch it may cost \(cost), and of the budget of \(budget) \(total) is spent or reserved; what batches do not use of it is free when they are over"
        )
    }
}
