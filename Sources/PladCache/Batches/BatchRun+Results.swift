import Foundation
package import PladRecords
package import PladTeacher

extension BatchRun {
    /// What came of the requests.
    package struct Outcome: Sendable {
        /// The keys of the answers that batches brought while this process looked.
        package var answered: Set<Digest> = []
        /// Why requests have no answer.
        package var failures: [Digest: TeacherError] = [:]
        /// The tokens of the answers.
        var usage = Usage(promptTokens: 0, completionTokens: 0)
        /// What they cost; nil where the price was not known when they were submitted.
        package var paid: Money?

        package init() {}

        func failure(of request: TeacherRequest) -> TeacherError {
            failures[AnswerKey.digest(of: request)]
                ?? TeacherError(.exhausted, "the question is in no batch any more; run the command again to submit it")
        }

        mutating func add(_ other: Outcome) {
            answered.formUnion(other.answered)
            failures.merge(other.failures) { $1 }
            usage.promptTokens += other.usage.promptTokens
            usage.completionTokens += other.usage.completionTokens
            if let more = other.paid { paid = (paid ?? .zero) + more }
        }
    }

    /// Takes the results of a batch over; nil where the batch was not this one after all.
    func settle(_ submission: Submission, _ state: BatchState) async throws -> Outcome? {
        let requests = try cache.requests(of: submission)
        // Another process has taken its answers over.
        if requests.isEmpty { return Outcome() }
        let results = try await service.results(of: state)
        if !service.keepsNames, !results.isEmpty, !results.contains(where: { requests[$0.id] != nil }) {
            try await disown(submission)
            return nil
        }
        var missing = requests
        var outcome = Outcome()
        var answers: [StoredAnswer] = []
        var paid = Money.zero
        for (id, result) in results {
            guard let request = missing.removeValue(forKey: id) else { continue }
            switch answer(to: request, result, submission, state) {
            case .success(let answer):
                answers.append(answer)
                outcome.answered.insert(answer.key)
                outcome.usage.promptTokens += answer.usage?.promptTokens ?? 0
                outcome.usage.completionTokens += answer.usage?.completionTokens ?? 0
                if let price = submission.price {
                    paid = paid + (answer.usage.map(price.cost) ?? price.most(for: request) ?? .zero)
                }
            case .failure(let error): outcome.failures[AnswerKey.digest(of: request)] = error
            }
        }
        for request in missing.values {
            let why = state.problem ?? "it ended as \(state.status) and has no result for this row"
            outcome.failures[AnswerKey.digest(of: request)] = TeacherError(
                state.problem == nil ? .exhausted : .rejected, "batch \(state.id): \(why); run the command again to submit it again")
        }
        var ended = submission
        ended.status = state.status
        guard try await cache.end(ended, answers, paid: paid) else {
            // Another process has taken the answers over, and paid for them.
            outcome.answered = []
            outcome.usage = Usage(promptTokens: 0, completionTokens: 0)
            return outcome
        }
        outcome.paid = submission.price.map { _ in paid }
        return outcome
    }

    /// The batch is somebody else's: it is not taken for this one again, which is still to be sent.
    private func disown(_ submission: Submission) async throws {
        var foreign = submission
        foreign.name = "foreign-\(submission.remoteID ?? "")"
        foreign.phase = .foreign
        var intended = submission
        (intended.remoteID, intended.status, intended.phase) = (nil, nil, .intended)
        (foreign.reservation, foreign.price) = (nil, nil)
        try await cache.save(foreign)
        try await cache.save(intended)
    }

    private func answer(
        to request: TeacherRequest, _ result: BatchResult, _ submission: Submission, _ state: BatchState
    ) -> Result<StoredAnswer, TeacherError> {
        switch result {
        case .untried(let why):
            return .failure(
                TeacherError(.exhausted, "batch \(state.id) did not come to this row (\(why)); run the command again to submit it again"))
        case .response(let status, let body):
            switch dialect.read(status: status, body: body) {
            case .completion(let completion):
                let started = Date(timeIntervalSince1970: TimeInterval(submission.madeAt))
                let times = Response.Times(started: started, firstByte: .zero, total: .zero)
                return .success(
                    StoredAnswer(request, Reply(response: Response(status: status, body: body, times: times), completion: completion)))
            case .fault(let fault):
                let isLasting = fault.kind == .rejected || fault.kind == .contextLength
                return .failure(
                    TeacherError(
                        isLasting ? .rejected : .exhausted, "batch \(state.id): HTTP \(fault.status): \(fault.message)", cause: fault))
            case .unreadable(let reason):
                return .failure(TeacherError(.exhausted, "batch \(state.id): \(reason)"))
            }
        }
    }
}
