import Foundation
import PladHTTP
package import PladRecords
package import PladTeacher

extension BatchResults {
    /// The rows, with those that were tried before those that were not: where a row has two results, one that may be paid for counts.
    fileprivate var triedFirst: [Row] {
        func isTried(_ row: Row) -> Bool { if case .response = row.result { true } else { false } }
        return rows.filter(isTried) + rows.filter { !isTried($0) }
    }
}

extension TeacherError {
    /// The error for a batch of which every result is for a row of another.
    fileprivate static func foreignRows(_ batch: Submission, _ state: BatchState) -> TeacherError {
        TeacherError(
            .exhausted,
            "the results of batch \(state.id) at \(batch.url) are all for rows that it does not have, and it may be paid for: it stays open; run the command again to ask for its results once more, or book it as in doubt and free its requests: `CompletionCache.forget` \(batch.id)"
        )
    }
}

extension BatchRun {
    /// The outcome of the requests.
    package struct Outcome: Sendable {
        /// Keys of the completions that batches brought while this process waited.
        package var answered: Set<Digest> = []
        /// Reasons of requests without a completion.
        package var failures: [Digest: TeacherError] = [:]
        /// Tokens of the completions.
        var usage = Usage(promptTokens: 0, completionTokens: 0)
        /// Cost of the completions, with the upper bound for unreadable ones; nil if the price is not known.
        package var paid: Money?
        package var inDoubt: Money?

        package init() {}

        func failure(of request: TeacherRequest) -> TeacherError {
            failures[CompletionKey.digest(of: request)]
                ?? TeacherError(.exhausted, "the request is in no batch any more; run the command again to submit it")
        }

        mutating func add(_ other: Outcome) {
            answered.formUnion(other.answered)
            failures.merge(other.failures) { $1 }
            usage.promptTokens += other.usage.promptTokens
            usage.completionTokens += other.usage.completionTokens
            if let more = other.paid { paid = (paid ?? .zero) + more }
            if let more = other.inDoubt { inDoubt = (inDoubt ?? .zero) + more }
        }
    }

    /// Stores the results of a batch; nil if the provider's batch was not this one after all.
    func settle(_ submission: Submission, _ state: BatchState) async throws -> Outcome? {
        let requests = try cache.requests(of: submission)
        // Another process has taken its completions over.
        if requests.isEmpty {
            _ = try await cache.end(submission, [])
            return Outcome()
        }
        let results = try await service.results(of: state)
        if !results.rows.isEmpty, !results.rows.contains(where: { requests[$0.id] != nil }) {
            // The id of one that was sent came with the response to it, and stands for nobody else's rows.
            guard submission.phase == .guessed else { throw TeacherError.foreignRows(submission, state) }
            try await cache.disown(submission)
            return nil
        }
        var missing = requests
        var outcome = Outcome()
        var answers: [StoredCompletion] = []
        // Submitted before its price was known, it is paid for at the one of today.
        let price = submission.price ?? ledger?.price
        var (paid, inDoubt) = (Money.zero, Money.zero)
        // Rows that the batch has not, or that have had their result.
        var strange = 0
        for row in results.triedFirst {
            guard let request = missing.removeValue(forKey: row.id) else {
                strange += 1
                continue
            }
            switch answer(to: request, row.result, submission, state) {
            case .answered(let answer):
                answers.append(answer)
                outcome.answered.insert(answer.key)
                outcome.usage.promptTokens += answer.usage?.promptTokens ?? 0
                outcome.usage.completionTokens += answer.usage?.completionTokens ?? 0
                if let price, answer.status < 300 {
                    paid = paid + (answer.usage.map(price.cost) ?? price.most(for: request) ?? .zero)
                }
            case .failed(let error): outcome.failures[CompletionKey.digest(of: request)] = error
            case .unreadable(let error):
                outcome.failures[CompletionKey.digest(of: request)] = error
                inDoubt = inDoubt + (price?.most(for: request) ?? .zero)
            }
        }
        // A row that was tried, as the provider counts, or whose result cannot be read, is paid for if it was answered.
        let mayBePaid = results.unreadable > 0 || strange > 0 || requests.count - missing.count < state.done
        let torn =
            (results.unreadable == 0 ? "" : ", and \(results.unreadable) lines of its results cannot be read")
            + (strange == 0 ? "" : ", and \(strange) of its results are for a row that it does not have, or for one that has a result")
        for request in missing.values {
            if mayBePaid { inDoubt = inDoubt + (price?.most(for: request) ?? .zero) }
            let why = state.problem ?? "it ended as \(state.status) and has no result for this row\(torn)"
            outcome.failures[CompletionKey.digest(of: request)] = TeacherError(
                state.problem == nil ? .exhausted : .rejected, "batch \(state.id): \(why); run the command again to submit it again")
        }
        var ended = submission
        ended.status = state.status
        let model = ledger?.model ?? requests.values.first?.body["model"]?.string ?? ""
        guard try await cache.end(ended, answers, model: model, paid: paid, inDoubt: inDoubt) else {
            // Another process has taken the completions over, and paid for them.
            outcome.answered = []
            outcome.usage = Usage(promptTokens: 0, completionTokens: 0)
            return outcome
        }
        outcome.paid = price.map { _ in paid }
        outcome.inDoubt = price.map { _ in inDoubt }
        return outcome
    }

    /// The outcome of a row.
    private enum RowResult {
        case answered(StoredCompletion)
        /// Failed without cost.
        case failed(TeacherError)
        /// Perhaps paid for: unreadable, or failed after the provider may have processed it.
        case unreadable(TeacherError)
    }

    private func answer(
        to request: TeacherRequest, _ result: BatchResult, _ submission: Submission, _ state: BatchState
    ) -> RowResult {
        switch result {
        case .untried(let why):
            return .failed(
                TeacherError(.exhausted, "batch \(state.id) did not come to this row (\(why)); run the command again to submit it again"))
        case .response(let status, let body):
            switch dialect.read(status: status, body: body, withholding: secrets) {
            case .completion(let completion):
                let started = Date(timeIntervalSince1970: TimeInterval(submission.madeAt))
                let times = Response.Times(started: started, firstByte: .zero, total: .zero)
                return .answered(
                    StoredCompletion(request, Reply(response: Response(status: status, body: body, times: times), completion: completion)))
            case .fault(let fault):
                let code: TeacherError.Code =
                    switch fault.kind {
                    case .rejected, .contextLength: .rejected
                    case .forbidden: .forbidden
                    default: .exhausted
                    }
                let error = TeacherError(code, "batch \(state.id): HTTP \(fault.status): \(fault.message)", cause: fault)
                let isFree = RetryPolicy.Outcome.fault(fault, retryAfter: nil).settlement(status: status) == .nothing
                return isFree ? .failed(error) : .unreadable(error)
            case .unreadable(let reason):
                return .unreadable(TeacherError(.exhausted, "batch \(state.id): \(reason)"))
            }
        }
    }
}
