import Foundation
package import PladHTTP
import PladRecords
package import PladTeacher

/// Requests the completions that a cache lacks by a provider's batch API, and stores the results row by row.
///
/// A batch is recorded, submitted, polled, and its results are stored, in this order; if the process is killed, the next run continues
/// the batch. One that may have been submitted without a response is searched for at the provider before it is submitted again.
package struct BatchRun: Sendable {
    /// Progress of the batches, in rows.
    package struct Progress: Sendable, Equatable {
        package var batches = 0
        package var rows = 0
        package var done = 0
        package var status = ""
    }

    let cache: CompletionCache
    let service: any BatchService
    let dialect: any Dialect
    private let url: String
    private let clock: any Clock<Duration>
    private let waits: (first: Duration, most: Duration)
    private let random: @Sendable () -> Double
    private let onProgress: @Sendable (Progress) -> Void
    let ledger: Ledger?
    /// Headers with a secret that no completion may spell.
    let secrets: [HTTPHeader]

    /// - Parameters:
    ///   - url: address of a single request.
    ///   - waits: first and longest wait between two polls; the wait doubles each time.
    ///   - random: numbers in [0, 1) for the jitter of retries.
    package init(
        cache: CompletionCache, service: any BatchService, dialect: any Dialect, url: String,
        clock: any Clock<Duration> = ContinuousClock(),
        waits: (first: Duration, most: Duration) = (.seconds(2), .seconds(60)), ledger: Ledger? = nil,
        secrets: [HTTPHeader] = [], onProgress: @escaping @Sendable (Progress) -> Void = { _ in },
        random: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) }
    ) {
        self.cache = cache
        self.service = service
        self.dialect = dialect
        self.url = url
        self.clock = clock
        self.waits = waits
        self.random = random
        self.onProgress = onProgress
        self.ledger = ledger
        self.secrets = secrets
    }

    /// Returns once every request has a completion in the cache or has failed. Waits only for the batches that hold any of the
    /// requests.
    ///
    /// Throws `TeacherError` for a failure of a whole batch, `CacheError`, `CancellationError`; submitted batches continue at the
    /// provider, and the next run resumes them. Those not yet submitted are withdrawn.
    package func callAsFunction(_ requests: [TeacherRequest]) async throws -> Outcome {
        let intention = try await cache.intend(requests, url: url, most: service.most, ledger)
        // Nothing of these has been sent so far.
        var unsent = Dictionary(uniqueKeysWithValues: intention.fresh.map { ($0.name, $0) })
        do {
            return try await carryOn(intention, &unsent)
        } catch {
            for submission in unsent.values { try? await cache.withdraw(submission) }
            throw error
        }
    }

    /// - Parameter unsent: batches that nobody has tried to submit, by name.
    private func carryOn(_ intention: CompletionCache.Intention, _ unsent: inout [String: Submission]) async throws -> Outcome {
        var outcome = Outcome()
        outcome.failures = intention.failures
        var wait = waits.first
        while true {
            var progress = Progress()
            for submission in try cache.submissions() where submission.isOpen && intention.open.contains(submission.name) {
                guard submission.url == url, submission.dialect == dialect.name else { throw TeacherError.elsewhere(submission) }
                progress.batches += 1
                progress.rows += submission.rows
                let isFresh = unsent.removeValue(forKey: submission.name) != nil
                guard let sent = try await send(submission, mayBeSent: !isFresh) else {
                    progress.status = submission.sender.map { "waiting for process \($0), which submits it" } ?? progress.status
                    continue
                }
                let state = try await service.state(of: sent.id)
                progress.status = state.status
                progress.done += min(state.done, submission.rows)
                if state.isOver, let settled = try await settle(sent, state) {
                    outcome.add(settled)
                    progress.batches -= 1
                    wait = waits.first
                } else if state.status != sent.status {
                    try await cache.note(state.status, of: sent)
                }
            }
            onProgress(progress)
            if progress.batches == 0 { return outcome }
            try await clock.sleep(for: wait)
            wait = min(wait * 2, waits.most)
        }
    }

    /// Cancels a batch: ends it at the provider, stores the completions that it has, and frees its other requests. One that was never
    /// submitted is withdrawn.
    ///
    /// Throws `TeacherError.inBatch` if the provider's batch may be somebody else's: it is not cancelled.
    package func cancel(_ submission: Submission) async throws -> Outcome {
        var sent = submission
        if submission.phase == .intended {
            guard let found = try await find(submission) else {
                try await cache.withdraw(submission)
                return Outcome()
            }
            // Not written down: until it is settled, it goes by the name that it was given by.
            sent = taking(found, for: submission)
        }
        var state = try await service.state(of: sent.id)
        if !state.isOver {
            guard sent.phase == .sent else { throw TeacherError.guessed(submission, state) }
            state = try await service.cancel(sent.id)
        }
        var wait = waits.first
        while !state.isOver {
            onProgress(Progress(batches: 1, rows: submission.rows, done: min(state.done, submission.rows), status: state.status))
            try await clock.sleep(for: wait)
            wait = min(wait * 2, waits.most)
            state = try await service.state(of: sent.id)
        }
        if let outcome = try await settle(sent, state) { return outcome }
        // That one was somebody else's; it is not found again.
        return try await cancel(submission.unsent)
    }

    /// The batch with its id at the provider, after submission if necessary. Nil if another process is submitting it, or has.
    ///
    /// - Parameter mayBeSent: true if it may have been submitted already.
    private func send(_ submission: Submission, mayBeSent: Bool) async throws -> Submission? {
        guard submission.phase == .intended else { return submission }
        guard try await cache.take(submission) else { return nil }
        var submission = submission
        submission.process = ProcessIdentity.own
        var mayBeSent = mayBeSent
        var retrier = Retrier(RetryPolicy(attempts: 5, base: waits.first, ceiling: waits.most), clock: clock, random: random)
        while true {
            if mayBeSent, let found = try await find(submission) { return try await adopt(taking(found, for: submission)) }
            let rows = try cache.requests(of: submission).sorted { $0.key < $1.key }.map { BatchRow(id: $0.key, body: $0.value.bodyText) }
            do {
                if submission.file == nil {
                    submission.file = try await service.upload(rows, name: submission.name)
                    try await cache.save(submission)
                }
                let state = try await service.submit(rows, file: submission.file, name: submission.name)
                return try await adopt(submission.sent(as: state, .sent))
            } catch let doubt as BatchDoubt {
                guard try await retrier.goOn(after: doubt.outcome, contacted: true) else {
                    throw TeacherError(
                        .exhausted, "\(url): the batch cannot be submitted (\(doubt.outcome.summary)); run the command again to continue")
                }
                mayBeSent = true
            } catch let error as TeacherError {
                if mayBeSent {
                    throw TeacherError(
                        error.code, "\(error.message); `BatchRun.cancel` \(submission.name) frees its requests", cause: error.cause)
                }
                // Nothing of it is under way: what might be is a doubt.
                try await cache.withdraw(submission)
                throw error
            }
        }
    }

    private func adopt(_ sent: Submission) async throws -> Submission {
        try await cache.save(sent)
        return sent
    }

    /// The submission with the id of the batch that was found for it.
    private func taking(_ found: BatchState, for submission: Submission) -> Submission {
        submission.sent(as: found, service.keepsNames ? .sent : .guessed)
    }

    /// The batch at the provider that is this one, submitted with its response lost: by its name, else by time and number of rows.
    private func find(_ submission: Submission) async throws -> BatchState? {
        let known = Set(try cache.submissions().compactMap(\.remoteID))
        return try await service.all().first { state in
            if known.contains(state.id) { return false }
            if service.keepsNames { return state.name == submission.name }
            // Clocks differ; the rows' ids tell for certain in the end.
            let isRecent = state.createdAt == 0 || state.createdAt >= submission.madeAt - 300
            return isRecent && (state.total ?? submission.rows) == submission.rows
        }
    }
}

extension TeacherError {
    /// The error for a request that is in a batch already, where it is paid for.
    static func inBatch(_ batch: Submission) -> TeacherError {
        TeacherError(.inBatch, "open batch \(batch.id)")
    }

    /// The error for a provider's batch whose owner only its results can tell.
    fileprivate static func guessed(_ batch: Submission, _ state: BatchState) -> TeacherError {
        TeacherError(
            .inBatch,
            "batch \(state.id) at \(batch.url) may be this one or somebody else's, which its results will tell: run the command again, which waits for them, or free the requests without it: `CompletionCache.forget` \(batch.id)"
        )
    }

    fileprivate static func elsewhere(_ batch: Submission) -> TeacherError {
        TeacherError(
            .inBatch, "the prompts lie in the open batch \(batch.id) at \(batch.url): wait for it there, or `BatchRun.cancel` \(batch.id)"
        )
    }
}
