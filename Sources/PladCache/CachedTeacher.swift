import Foundation
import GRDB
import PladHTTP
package import PladRecords
package import PladTeacher
import Synchronization

/// A teacher that is asked through a cache: no question is paid for twice, and every answer is on the disk before it
/// is used.
package final class CachedTeacher: Sendable {
    package enum Mode: Sendable {
        /// A recorded answer, else the teacher's, which is then recorded.
        case record(any Teacher)
        /// Recorded answers only. There is no teacher to ask, and so nothing that could open a socket.
        case replay
        /// The teacher's answer, which takes the recorded one's place.
        case refresh(any Teacher)
        /// Recorded answers, those that batches have just brought among them. What these failed to answer fails.
        case batched(BatchRun.Outcome)
    }

    /// Where an answer is from.
    package enum Source: Sendable {
        case asked
        /// A batch that ended in this process.
        case batch
        /// Nothing was done for this question: it was recorded, or is the answer to an identical question in flight.
        case cache
    }

    /// The completion of a prompt, and where it is from.
    package struct Answer: Sendable, Equatable {
        package var completion: Completion
        package var source: Source
        /// The recorded row's key.
        package var key: Digest
        /// Times the wire was used for the recorded answer, whenever that was.
        package var attempts: Int

        package var fromCache: Bool { source == .cache }
    }

    let cache: AnswerCache
    private let dialect: any Dialect
    private let teacher: String
    private let path: String
    let mode: Mode
    private let inFlight = InFlight<Answer>()
    /// Samples of one question that are asked for together.
    let together = InFlight<[Result<Answer, any Error>]>()
    let counts = Locked(RunUsage())
    private let ledger: Ledger?
    /// The run that asks: its starts' costs are counted together, and the next does not ask again what one has refreshed.
    let run: String?
    /// Errors' word for the setting that names the teacher.
    private let nameSetting: String
    private let onWait: @Sendable () -> Void
    private let hasWaited = Atomic(false)

    /// The usage of the prompts so far.
    package var usage: RunUsage { counts.withLock { $0 } }

    /// The number of requests that are on the wire or have a completion that is not kept yet.
    package var requestsUnderWay: Int {
        switch mode {
        case .record(let teacher), .refresh(let teacher): (teacher as? RemoteTeacher)?.requestsUnderWay ?? 0
        case .replay, .batched: 0
        }
    }

    /// The usage of all that went over the wire, failed attempts and money included, once their log is on the disk.
    package func spent() async -> RunUsage {
        if case .replay = mode { return usage }
        // What a disk that is full does not let be read is counted without.
        func ofRun() -> RunCost? {
            let cost = run.flatMap { try? cache.cost(of: $0) }
            return ledger == nil && cost == RunCost() ? nil : cost
        }
        // Where the disk is full, whoever stores an answer is told.
        try? await cache.queue.write { _ in }
        var usage = usage
        if case .batched(let outcome) = mode {
            usage.add(outcome)
            usage.ofRun = ofRun()
            return usage
        }
        usage.attempts = cache.attemptsMade
        usage.paid = ledger?.spent.paid
        usage.inDoubt = ledger?.spent.inDoubt
        usage.ofRun = ofRun()
        return usage
    }

    /// - Parameters:
    ///   - teacher: what keys call the teacher: the endpoint's origin, or a name given in its place.
    ///   - nameSetting: what errors call the setting that gives such a name.
    ///   - path: the endpoint's path.
    ///   - run: the run that asks, by a name of its own, over all of its starts; nil for others.
    ///   - onWait: told once, when another process is asking what is asked here and its answer is waited for.
    package init(
        cache: AnswerCache, dialect: any Dialect, teacher: String, path: String, mode: Mode, ledger: Ledger? = nil,
        nameSetting: String = "teacher.id", run: String? = nil, onWait: @escaping @Sendable () -> Void = {}
    ) {
        self.run = run
        if let run {
            switch mode {
            case .replay: break
            case .record, .refresh, .batched: cache.begin(run)
            }
        }
        self.cache = cache
        self.ledger = ledger
        self.nameSetting = nameSetting
        self.onWait = onWait
        self.dialect = dialect
        self.teacher = teacher
        self.path = path
        self.mode = mode
    }

    /// The teacher that was resolved, asked through the cache.
    package convenience init(
        cache: AnswerCache, _ teacher: ResolvedTeacher, mode: Mode, ledger: Ledger? = nil, nameSetting: String = "teacher.id",
        run: String? = nil, onWait: @escaping @Sendable () -> Void = {}
    ) {
        self.init(
            cache: cache, dialect: teacher.dialect, teacher: teacher.name, path: teacher.path, mode: mode, ledger: ledger,
            nameSetting: nameSetting, run: run, onWait: onWait)
    }

    /// The answer to the messages; `sample` counts the answers to one question from 0.
    ///
    /// Throws `CacheError.notRecorded` in replay for what is not there, `TeacherError` when the teacher does not
    /// answer, `CacheError` when an answer cannot be committed, `CancellationError`. Empty, truncated, refused and
    /// filtered answers are answers: the completion's finish reason and text tell.
    package func answer(to messages: [Message], _ parameters: SamplingParameters, sample: Int = 0) async throws -> Answer {
        let answer = try await answer(to: request(asking: messages, parameters, sample: sample))
        counts.withLock { $0.add(answer) }
        return answer
    }

    func answer(to request: TeacherRequest) async throws -> Answer {
        switch mode {
        case .replay:
            guard let recorded = try await cache.find(request) else { throw try cache.notRecorded(request, nameSetting: nameSetting) }
            return try answer(recorded)
        case .batched(let outcome):
            guard let recorded = try await cache.find(request) else { throw outcome.failure(of: request) }
            return try answer(recorded, from: outcome.answered.contains(recorded.key) ? .batch : .cache)
        case .record(let teacher):
            return try await ask(teacher, request, replacing: false)
        case .refresh(let teacher):
            return try await ask(teacher, request, replacing: true)
        }
    }

    /// The recorded answer, nil where the teacher would have to be asked. Asks nobody, in any mode.
    package func recorded(for messages: [Message], _ parameters: SamplingParameters, sample: Int = 0) async throws -> Answer? {
        try await cache.find(request(asking: messages, parameters, sample: sample)).map { try answer($0) }
    }

    /// The request that stands for a question, as keys and the wire see it.
    package func request(asking messages: [Message], _ parameters: SamplingParameters, sample: Int = 0) -> TeacherRequest {
        dialect.request(teacher: teacher, path: path, asking: messages, parameters, sample: sample)
    }

    func ask(_ teacher: any Teacher, _ request: TeacherRequest, replacing: Bool) async throws -> Answer {
        let (answer, isOwn) = try await inFlight.value(for: AnswerKey.digest(of: request)) { [cache, self] in
            // Looked up in here, so that no identical question is answered between the look and the asking.
            if let recorded = try await self.known(request, replacing: replacing) { return try self.answer(recorded) }
            if let answer = try await self.claim(request, replacing: replacing) { return answer }
            let reply: Reply
            do {
                reply = try await teacher.reply(to: request)
            } catch {
                cache.release(request)
                throw error
            }
            self.counts.withLock { $0.add(reply) }
            let stored = StoredCompletion(request, reply)
            let held = try await self.keep([stored], of: reply, replacing: replacing)[0]
            if held != stored { return try self.answer(held) }
            return Answer(completion: reply.completion, source: .asked, key: held.key, attempts: held.attempts)
        }
        return isOwn ? answer : answer.shared
    }

    /// The completion that need not be asked for: a recorded one; for a run that refreshes, one that it has asked for again already.
    func known(_ request: TeacherRequest, replacing: Bool) async throws -> StoredCompletion? {
        replacing ? try await cache.renewed(request, by: run) : try await cache.find(request)
    }

    /// Puts what a response brought on the disk and pays for it, both in one transaction: no answer is paid for and then
    /// lost. Returns the rows that the cache holds.
    func keep(_ answers: [StoredCompletion], of reply: Reply, replacing: Bool) async throws -> [StoredCompletion] {
        defer { withExtendedLifetime(reply.underWay) {} }
        guard let ledger, let reservation = reply.reservation else {
            return try await cache.store(answers, replacing: replacing, run: run)
        }
        // A prompt that is refused under an error's status is kept as filtered, and cost nothing.
        let settlement: Settlement = reply.response.status < 300 ? .answer(reply.completion.usage) : .nothing
        return try await ledger.settle(reservation, settlement) { [run] db in
            try AnswerCache.put(answers, replacing: replacing, run: run, db)
        }
    }

    /// Makes the request this process's to ask: waits while another asks it. Returns the answer where that one brought it.
    private func claim(_ request: TeacherRequest, replacing: Bool) async throws -> Answer? {
        while true {
            switch try await cache.claim(request, replacing: replacing, run: run) {
            case .granted: return nil
            case .answered(let recorded): return try answer(recorded)
            case .inBatch(let batch): throw TeacherError.inBatch(batch)
            case .taken:
                if !hasWaited.exchange(true, ordering: .relaxed) { onWait() }
                try await Task.sleep(for: .milliseconds(500))
            }
        }
    }

    func answer(_ recorded: StoredCompletion, from source: Source = .cache) throws -> Answer {
        switch dialect.read(status: recorded.status, body: recorded.response, choice: recorded.choice) {
        case .completion(let completion):
            return Answer(completion: completion, source: source, key: recorded.key, attempts: recorded.attempts)
        case .fault(let fault):
            throw CacheError(
                .unreadableAnswer,
                "\(cache.file.path): the answer \(recorded.key.short) is an error (HTTP \(fault.status): \(fault.message)); ask again with `teacher.refresh`"
            )
        case .unreadable(let reason):
            throw CacheError(
                .unreadableAnswer,
                "\(cache.file.path): the answer \(recorded.key.short) is none of \(dialect.name): \(reason); ask again with `teacher.refresh`"
            )
        }
    }
}

extension CachedTeacher.Answer {
    /// As somebody else sees it who asked the same meanwhile.
    var shared: Self {
        var answer = self
        answer.source = .cache
        return answer
    }
}

extension Digest {
    /// The first 12 digits: enough to name a row to a person.
    package var short: String { String(description.prefix(12)) }
}
