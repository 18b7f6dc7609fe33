import Foundation
import GRDB
import PladHTTP
import PladRecords
package import PladTeacher

/// The account of a cache's costs, and its budget.
///
/// The account is in the cache's file, so it holds across crashes, runs and processes: the upper bound of a request's cost is reserved,
/// and committed, before the request is sent, with or without a budget. The reservations of a killed process stay, since the provider
/// may have charged for them. A request that does not fit waits while others of this process are under way, which nearly always cost
/// less than their bound; it fails only when there is none to wait for.
package final class Ledger: BudgetGuard {
    private struct State {
        /// Number of unsettled reservations of this process.
        var open = 0
        /// Sums that this process has paid, and may have paid.
        var paid = Money.zero
        var inDoubt = Money.zero
        /// Number of settlements.
        var settled: UInt64 = 0
        var waiters: [UInt64: CheckedContinuation<Void, any Error>] = [:]
        var next: UInt64 = 0
        /// Ids of open reservations that are not committed yet.
        var uncommitted: Set<UInt64> = []

        mutating func count(_ number: UInt64) {
            open += 1
            uncommitted.insert(number)
        }

        mutating func discount(_ number: UInt64) {
            if uncommitted.remove(number) != nil { open -= 1 }
        }
    }

    private enum Decision: Sendable {
        case reserved(Int64)
        case wait(settled: UInt64)
        case over(Account)
    }

    private let cache: CompletionCache
    private let teacher: String
    let model: String
    let price: Price
    let budget: Money?
    private let state = Locked(State())

    /// - Parameters:
    ///   - teacher: name of the teacher on the account, as in keys.
    ///   - budget: limit of the whole account, earlier runs included; nil for none. A request without a limit on its tokens is then on
    ///     the account with its prompt only.
    package init(_ cache: CompletionCache, teacher: String, model: String, price: Price, budget: Money?) {
        self.cache = cache
        self.teacher = teacher
        self.model = model
        self.price = price
        self.budget = budget
    }

    /// The cost of this process's requests: paid for completions, and the upper bound for those that broke off.
    package var spent: (paid: Money, inDoubt: Money) { state.withLock { ($0.paid, $0.inDoubt) } }

    package func reserve(for request: TeacherRequest) async throws -> Reservation {
        guard let most = price.most(for: request) ?? (budget == nil ? price.least(for: request) : nil) else {
            throw TeacherError.boundless
        }
        while true {
            switch try await decide(most, budget) {
            case .reserved(let id): return Reservation(id: id, most: most)
            case .wait(let settled): try await wait(after: settled)
            case .over(let account):
                throw TeacherError(
                    .overBudget,
                    "the next request may cost \(most), and of the budget of \(budget ?? .zero) \(account.total) is spent or reserved")
            }
        }
    }

    private func decide(_ most: Money, _ budget: Money?) async throws -> Decision {
        let number = nextNumber()
        do {
            let decision: Decision = try await cache.queue.write { [self] db in
                if let budget, case let account = try Account(db), account.total + most > budget {
                    return state.withLock { $0.open > 0 ? .wait(settled: $0.settled) : .over(account) }
                }
                let id = try reserve(most, db)
                // Counted in the database's own order: who is turned away next knows that this one is under way.
                state.withLock { $0.count(number) }
                return .reserved(id)
            }
            state.withLock { _ = $0.uncommitted.remove(number) }
            return decision
        } catch {
            state.withLock { $0.discount(number) }
            wakeAll()
            throw error
        }
    }

    /// Reserves an amount and returns the reservation's id.
    func reserve(_ most: Money, _ db: Database) throws -> Int64 {
        try db.cachedStatement(sql: "INSERT INTO reservation (teacher, model, nanodollars, process, spender) VALUES (?, ?, ?, ?, ?)")
            .execute(arguments: [teacher, model, most.nanodollars, ProcessIdentity.own, cache.spender])
        return db.lastInsertedRowID
    }

    private func nextNumber() -> UInt64 {
        state.withLock { state in
            state.next += 1
            return state.next
        }
    }

    private func wait(after settled: UInt64) async throws {
        let number = nextNumber()
        try await withCancellableWait { continuation in
            let isOver = state.withLock { state in
                if state.settled == settled { state.waiters[number] = continuation }
                return state.settled != settled
            }
            if isOver { continuation.resume() }
        } onCancel: { [self] in
            state.withLock { $0.waiters.removeValue(forKey: number) }?.resume(throwing: CancellationError())
        }
    }

    package func settle(_ reservation: Reservation, _ settlement: Settlement) async throws {
        try await settle(reservation, settlement) { _ in }
    }

    /// Settles in the transaction of `write`, so that both happen or neither. If they fail, the reservation stays.
    func settle<Value: Sendable>(
        _ reservation: Reservation, _ settlement: Settlement, with write: @escaping @Sendable (Database) throws -> Value
    ) async throws -> Value {
        var entry = AccountEntry(spender: cache.spender, teacher: teacher, model: model, reservation: reservation.id)
        switch settlement {
        case .answer(let usage): (entry.answers, entry.paid) = (1, usage.map(price.cost) ?? reservation.most)
        case .nothing: break
        case .doubtful: entry.inDoubt = reservation.most
        }
        defer { if reservation.id != 0 { wake() } }
        let value = try await cache.queue.write { [entry] db in
            try entry.write(db)
            return try write(db)
        }
        state.withLock { state in
            state.paid = state.paid + entry.paid
            state.inDoubt = state.inDoubt + entry.inDoubt
        }
        return value
    }

    private func wake() {
        state.withLock { $0.open -= 1 }
        wakeAll()
    }

    private func wakeAll() {
        let waiters = state.withLock { state in
            state.settled += 1
            defer { state.waiters = [:] }
            return state.waiters.values
        }
        for waiter in waiters { waiter.resume() }
    }
}

extension TeacherError {
    /// The error for a request whose cost has no bound, with a budget.
    static var boundless: TeacherError {
        TeacherError(
            .overBudget, "a request without a limit on its tokens may cost anything: leave the limit in the body, or `teacher.budget` out")
    }
}
