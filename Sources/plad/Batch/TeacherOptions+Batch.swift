import Foundation
import PladCache
import PladHTTP
import PladRecords
import PladTeacher

extension TeacherOptions {
    static func headers(for dialect: any Dialect, keyFile: String?, given: [String]) throws -> [HTTPHeader] {
        let environment = ProcessInfo.processInfo.environment
        let key = try keyFile.map { try Credential(path: $0) } ?? Credential(environment: environment, for: dialect)
        return dialect.headers(key: key, given: try given.map { try HTTPHeader(line: $0, environment: environment) })
    }

    /// What cannot go with `--batch`.
    func checkBatch() throws {
        guard batch else { return }
        guard !replay, !refresh else { throw UsageError("--batch asks for what is missing: leave --replay and --refresh out") }
        guard BatchServices.dialects.contains(dialectName) else {
            throw UsageError("--batch: \(dialectName) has no batches; those that have: \(BatchServices.dialects.joined(separator: ", "))")
        }
    }
}

extension Run {
    /// The teacher's answers once batches have brought what the cache lacked for the questions. It asks nobody: what a batch
    /// has failed to answer fails.
    func batchedTeacher(for questions: [TeachQuestion]) async throws -> CachedTeacher {
        let options = options.teacher
        try options.check()
        guard self.options.prompts.pairs == nil else { throw UsageError("--batch asks every prompt at once: leave --pairs out") }
        let dialect = try options.resolvedDialect()
        let endpoint = try Endpoint(try options.remote.required("remote", "the teacher's URL"), dialect: dialect)
        let cache = try AnswerCache(
            opening: URL(fileURLWithPath: options.cache ?? CacheFileOptions.usual), for: .writing)
        let name = options.teacherID ?? endpoint.origin
        func teacher(_ mode: CachedTeacher.Mode) -> CachedTeacher {
            CachedTeacher(cache: cache, dialect: dialect, teacher: name, path: endpoint.path, mode: mode)
        }
        let kept = teacher(.replay)
        var missing: [TeacherRequest] = []
        for question in questions {
            let messages = wording.messages(for: question.prompt)
            if try await kept.recorded(for: messages, teacherParameters, sample: question.sample) == nil {
                missing.append(kept.request(asking: messages, teacherParameters, sample: question.sample))
            }
        }
        let headers = try TeacherOptions.headers(for: dialect, keyFile: options.keyFile, given: options.header)
        let run = try BatchRun(
            cache, endpoint, dialect, headers, attempts: options.attempts,
            ledger: options.purse(cache, teacher: name, batched: true))
        let asked = missing
        let outcome = try await CancellableWork.run { try await run(asked) }
        if !asked.isEmpty {
            let without = asked.count { outcome.failures[AnswerKey.digest(of: $0)] != nil }
            Console.say("batch      \(asked.count) questions: \(asked.count - without) answered, \(without) without an answer")
        }
        return teacher(.batched(outcome))
    }
}

extension BatchRun {
    /// Of the batches of one endpoint, telling a person how far they are.
    init(
        _ cache: AnswerCache, _ endpoint: Endpoint, _ dialect: any Dialect, _ headers: [HTTPHeader], attempts: Int = 6,
        ledger: Ledger? = nil
    ) throws {
        // Results come in files of their own, of hundreds of megabytes.
        let client = try HTTPClient(limits: TransportLimits(total: .seconds(3600), bodyBytes: 1 << 30))
        let wire = BatchWire(transport: client, headers: headers, policy: RetryPolicy(attempts: attempts))
        guard let service = BatchServices.service(for: endpoint, dialect: dialect, wire: wire) else {
            throw UsageError("\(dialect.name) has no batches; those that have: \(BatchServices.dialects.joined(separator: ", "))")
        }
        let told = Locked("")
        self.init(cache: cache, service: service, dialect: dialect, url: endpoint.url, ledger: ledger) { progress in
            guard progress.batches > 0 else { return }
            let batches = progress.batches == 1 ? "the batch" : "\(progress.batches) batches"
            let line = "batch      \(progress.status): \(progress.done) of \(progress.rows) rows in \(batches)"
            let isNews = told.withLock { told in
                defer { told = line }
                return told != line
            }
            if isNews { Console.say(line) }
        }
    }
}
