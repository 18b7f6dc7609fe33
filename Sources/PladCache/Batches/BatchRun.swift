import Foundation
import PladRecords
package import PladTeacher

/// Asks a provider's batch API for what a cache lacks, and puts the results into the cache row by row.
///
/// A batch is written down, sent, asked after, and its results are taken over, in this order; a process that is killed
/// anywhere on the way leaves a batch that the next run carries on. One that may have been sent without an answer is looked
/// for at the provider before it is sent again.
package struct BatchRun: Sendable {
    /// How far the batches are.
    package struct Progress: Sendable, Equatable {
        package var batches = 0
        package var rows = 0
        package var done = 0
        package var status = ""
    }

    let cache: AnswerCache
    let service: any BatchService
    let dialect: any Dialect
    private let url: String
    private let clock: any Clock<Duration>
    private let waits: (first: Duration, most: Duration)
    private let onProgress: @Sendable (Progress) -> Void
    private let ledger: Ledger?

    /// - Parameters:
    ///   - url: the address of one request.
    ///   - waits: between two looks at the provider: the first, doubled each time up to the most.
    package init(
        cache: AnswerCache, service: any BatchService, dialect: any Dialect, url: String, clock: any Clock<Duration> = ContinuousClock(),
        waits: (first: Duration, most: Duration) = (.seconds(2), .seconds(60)), ledger: Ledger? = nil,
        onProgress: @escaping @Sendable (Progress) -> Void = { _ in }
    ) {
        self.cache = cache
        self.service = service
        self.dialect = dialect
        self.url = url
        self.clock = clock
        self.waits = waits
        self.onProgress = onProgress
        self.ledger = ledger
    }

    /// Returns once every request is answered in the cache, or failed for a reason. Waits for the batches that hold any of
    /// the requests, and for no others.
    ///
    /// Throws `TeacherError` for what befalls a whole batch, `CacheError`, `CancellationError`; batches that are under way stay
    /// so, and are carried on next time.
    package func callAsFunction(_ requests: [TeacherRequest]) async throws -> Outcome {
        let intention = try await cache.intend(requests, url: url, most: service.most, ledger)
        // Nothing of these has been sent so far.
        var unsent = Set(intention.fresh.map(\.name))
        var outcome = Outcome()
        outcome.failures = intention.failures
        var wait = waits.first
        while true {
            var progress = Progress()
            for submission in try cache.submissions() where submission.isOpen && intention.open.contains(submission.name) {
                guard submission.url == url, submission.dialect == dialect.name else { throw TeacherError.elsewhere(submission) }
                progress.batches += 1
                progress.rows += submission.rows
                guard submission.phase == .sent || !submission.isElsewhere else { continue }
                let sent = try await send(submission, mayBeSent: !unsent.contains(submission.name))
                unsent.remove(submission.name)
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

    /// Stops a batch: has the provider end it, takes over what it has answered and frees its other questions. One that never
    /// reached the provider is taken back.
    package func cancel(_ submission: Submission) async throws -> Outcome {
        var sent = submission
        if submission.phase == .intended {
            guard let found = try await find(submission) else {
                try await cache.withdraw(submission)
                return Outcome()
            }
            sent = try await adopt(submission, found)
        }
        var state = try await service.state(of: sent.id)
        if !state.isOver { state = try await service.cancel(sent.id) }
        var wait = waits.first
        while !state.isOver {
            onProgress(Progress(batches: 1, rows: submission.rows, done: min(state.done, submission.rows), status: state.status))
            try await clock.sleep(for: wait)
            wait = min(wait * 2, waits.most)
            state = try await service.state(of: sent.id)
        }
        return try await settle(sent, state) ?? Outcome()
    }

    /// The batch with its id at the provider; sends it if it is not there.
    ///
    /// - Parameter mayBeSent: whether it may be there already.
    private func send(_ submission: Submission, mayBeSent: Bool) async throws -> Submission {
        guard submission.phase == .intended else { return submission }
        var submission = submission
        submission.process = getpid()
        var mayBeSent = mayBeSent
        for attempt in 1... {
            if mayBeSent, let found = try await find(submission) { return try await adopt(submission, found) }
            let rows = try cache.requests(of: submission).sorted { $0.key < $1.key }.map { BatchRow(id: $0.key, body: $0.value.bodyText) }
            do {
                if submission.file == nil {
                    submission.file = try await service.upload(rows, name: submission.name)
                    try await cache.save(submission)
                }
                return try await adopt(submission, try await service.submit(rows, file: submission.file, name: submission.name))
            } catch let doubt as BatchDoubt {
                guard attempt < 5 else {
                    throw TeacherError(
                        .exhausted, "\(url): the batch cannot be submitted (\(doubt.reason)); run the command again to go on")
                }
                mayBeSent = true
                try await clock.sleep(for: waits.first * (1 << (attempt - 1)))
            } catch let error as TeacherError {
                // Nothing of it is under way: what might be is a doubt.
                try await cache.withdraw(submission)
                throw error
            }
        }
        preconditionFailure("the attempts to submit ended")
    }

    private func adopt(_ submission: Submission, _ state: BatchState) async throws -> Submission {
        var submission = submission
        submission.remoteID = state.id
        submission.status = state.status
        submission.phase = .sent
        try await cache.save(submission)
        return submission
    }

    /// The batch at the provider that is this one, sent with its answer lost: by its name, else by time and number of rows.
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
    /// Its question is in a batch already, where it is paid for.
    static func inBatch(_ batch: Submission) -> TeacherError {
        TeacherError(.inBatch, "open batch \(batch.id)")
    }

    fileprivate static func elsewhere(_ batch: Submission) -> TeacherError {
        TeacherError(
            .inBatch, "the questions lie in the open batch \(batch.id) at \(batch.url): wait for it there, or plad batch cancel \(batch.id)"
        )
    }
}
