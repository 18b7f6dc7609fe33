import Foundation
import GRDB
import PladHTTP
package import PladRecords
package import PladTeacher
import Synchronization

/// A teacher behind a cache: no completion is paid for twice, and every completion is on the disk before it is used.
package final class CachedTeacher: Sendable {
    package enum Mode: Sendable {
        /// Uses a recorded completion, else asks the teacher and records.
        case record(any Teacher)
        /// Uses recorded completions only. There is no teacher, and nothing that could open a socket.
        case replay
        /// Asks the teacher, and replaces the recorded completion.
        case refresh(any Teacher)
        /// Uses recorded completions, with those of the batches that have just ended. Requests that failed in these fail.
        case batched(BatchRun.Outcome)
    }

    /// The source of a completion.
    package enum Source: Sendable {
        case asked
        /// A batch that ended in this process.
        case batch
        /// The cache: the completion was recorded, or is that of an identical request in flight.
        case cache
    }

    let cache: CompletionCache
    private let dialect: any Dialect
    private let teacher: String
    private let path: String
    let mode: Mode
    private let inFlight = InFlight<SourcedCompletion>()
    /// Samples of one prompt that are requested together.
    let together = InFlight<[Result<SourcedCompletion, any Error>]>()
    let counts = Locked(RunUsage())
    private let ledger: Ledger?
    /// Name of the run: the costs of its processes are added up, and it does not request again what it has refreshed.
    let run: String?
    /// Name of the setting for the teacher's name, for errors.
    private let nameSetting: String
    private let onWait: @Sendable () -> Void
    private let hasWaited = Atomic(false)

    /// Usage so far.
    package var usage: RunUsage { counts.withLock { $0 } }

    /// Number of requests that are on the wire or whose completion is not stored yet.
    package var requestsUnderWay: Int {
        switch mode {
        case .record(let teacher), .refresh(let teacher): (teacher as? RemoteTeacher)?.requestsUnderWay ?? 0
        case .replay, .batched: 0
        }
    }

    /// The usage with failed attempts and cost, once their log is on the disk.
    package func spent() async -> RunUsage {
        if case .replay = mode { return usage }
        // What a disk that is full does not let be read is counted without.
        func ofRun() -> RunCost? {
            let cost = run.flatMap { try? cache.cost(of: $0) }
            return ledger == nil && cost == RunCost() ? nil : cost
        }
        // Where the disk is full, whoever stores a completion is told.
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
    ///   - teacher: name of the teacher in keys: the endpoint's origin, or a given name.
    ///   - nameSetting: name of the setting for such a name, for errors.
    ///   - path: path of the endpoint.
    ///   - run: name of the run, the same in all its processes; nil for other commands.
    ///   - onWait: called once, if another process is sending the same request and its completion is awaited.
    package init(
        cache: CompletionCache, dialect: any Dialect, teacher: String, path: String, mode: Mode, ledger: Ledger? = nil,
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

    /// Makes a cached teacher from a resolved one.
    package convenience init(
        cache: CompletionCache, _ teacher: ResolvedTeacher, mode: Mode, ledger: Ledger? = nil, nameSetting: String = "teacher.id",
        run: String? = nil, onWait: @escaping @Sendable () -> Void = {}
    ) {
        self.init(
            cache: cache, dialect: teacher.dialect, teacher: teacher.name, path: teacher.path, mode: mode, ledger: ledger,
            nameSetting: nameSetting, run: run, onWait: onWait)
    }

    /// The completion of the messages; `sample` is the index of the completion of one prompt, from 0.
    ///
    /// Throws `CacheError.notRecorded` in replay for a missing one, `TeacherError` if the teacher does not answer, `CacheError` if a
    /// completion cannot be committed, `CancellationError`. Empty, truncated, refused and filtered completions are returned: their
    /// finish reason and text tell.
    package func completion(of messages: [Message], _ parameters: SamplingParameters, sample: Int = 0) async throws -> SourcedCompletion {
        let completion = try await completion(of: request(asking: messages, parameters, sample: sample))
        counts.withLock { $0.add(completion) }
        return completion
    }

    func completion(of request: TeacherRequest) async throws -> SourcedCompletion {
        switch mode {
        case .replay:
            guard let recorded = try await cache.find(request) else { throw try cache.notRecorded(request, nameSetting: nameSetting) }
            return try sourced(recorded)
        case .batched(let outcome):
            guard let recorded = try await cache.find(request) else { throw outcome.failure(of: request) }
            return try sourced(recorded, from: outcome.answered.contains(recorded.key) ? .batch : .cache)
        case .record(let teacher):
            return try await ask(teacher, request, replacing: false)
        case .refresh(let teacher):
            return try await ask(teacher, request, replacing: true)
        }
    }

    /// The recorded completion; nil if the teacher would have to be asked. Sends nothing in any mode.
    package func recorded(for messages: [Message], _ parameters: SamplingParameters, sample: Int = 0) async throws -> SourcedCompletion? {
        try await cache.find(request(asking: messages, parameters, sample: sample)).map { try sourced($0) }
    }

    /// The request for a prompt, as it is hashed and sent.
    package func request(asking messages: [Message], _ parameters: SamplingParameters, sample: Int = 0) -> TeacherRequest {
        dialect.request(teacher: teacher, path: path, asking: messages, parameters, sample: sample)
    }

    func ask(_ teacher: any Teacher, _ request: TeacherRequest, replacing: Bool) async throws -> SourcedCompletion {
        let (completion, isOwn) = try await inFlight.value(for: CompletionKey.digest(of: request)) { [cache, self] in
            // Looked up in here, so that no identical request is answered between the look and the asking.
            if let recorded = try await self.known(request, replacing: replacing) { return try self.sourced(recorded) }
            if let completion = try await self.claim(request, replacing: replacing) { return completion }
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
            if held != stored { return try self.sourced(held) }
            return SourcedCompletion(completion: reply.completion, source: .asked, key: held.key, attempts: held.attempts)
        }
        return isOwn ? completion : completion.shared
    }

    /// The completion that need not be requested: a recorded one; in a refreshing run, one that the run has already requested again.
    func known(_ request: TeacherRequest, replacing: Bool) async throws -> StoredCompletion? {
        replacing ? try await cache.renewed(request, by: run) : try await cache.find(request)
    }

    /// Stores a response's completions and their cost in one transaction, so that no completion is paid for and then lost. Returns the
    /// rows in the cache.
    func keep(_ rows: [StoredCompletion], of reply: Reply, replacing: Bool) async throws -> [StoredCompletion] {
        defer { withExtendedLifetime(reply.underWay) {} }
        guard let ledger, let reservation = reply.reservation else {
            return try await cache.store(rows, replacing: replacing, run: run)
        }
        // A prompt that is refused under an error's status is kept as filtered, and cost nothing.
        let settlement: Settlement = reply.response.status < 300 ? .answer(reply.completion.usage) : .nothing
        return try await ledger.settle(reservation, settlement) { [run] db in
            try CompletionCache.put(rows, replacing: replacing, run: run, db)
        }
    }

    /// Claims the request for this process, and waits while another is sending it. Returns the completion if that one brought it.
    private func claim(_ request: TeacherRequest, replacing: Bool) async throws -> SourcedCompletion? {
        while true {
            switch try await cache.claim(request, replacing: replacing, run: run) {
            case .granted: return nil
            case .answered(let recorded): return try sourced(recorded)
            case .inBatch(let batch): throw TeacherError.inBatch(batch)
            case .taken:
                if !hasWaited.exchange(true, ordering: .relaxed) { onWait() }
                try await Task.sleep(for: .milliseconds(500))
            }
        }
    }

    func sourced(_ recorded: StoredCompletion, from source: Source = .cache) throws -> SourcedCompletion {
        switch dialect.read(status: recorded.status, body: recorded.response, choice: recorded.choice) {
        case .completion(let completion):
            return SourcedCompletion(completion: completion, source: source, key: recorded.key, attempts: recorded.attempts)
        case .fault(let fault):
            throw CacheError(
                .unreadableCompletion,
                "\(cache.file.path): the completion \(recorded.key.short) is an error (HTTP \(fault.status): \(fault.message)); ask again with `teacher.refresh`"
            )
        case .unreadable(let reason):
            throw CacheError(
                .unreadableCompletion,
                "\(cache.file.path): the completion \(recorded.key.short) is not valid in \(dialect.name): \(reason); ask again with `teacher.refresh`"
            )
        }
    }
}

extension SourcedCompletion {
    /// The completion for a caller who waited for the same request.
    var shared: Self {
        var shared = self
        shared.source = .cache
        return shared
    }
}

extension Digest {
    /// First 12 digits, enough for a person to identify a row.
    package var short: String { String(description.prefix(12)) }
}

/// The completion of a prompt, and its source.
package struct SourcedCompletion: Sendable, Equatable {
    package var completion: Completion
    package var source: CachedTeacher.Source
    /// Key of the recorded row.
    package var key: Digest
    /// Number of requests sent for the recorded completion, at any time.
    package var attempts: Int

    package var fromCache: Bool { source == .cache }
}
