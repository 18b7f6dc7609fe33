import Foundation
package import PladCache
import PladHTTP
import PladRecords
package import PladTeacher

extension Run {
    /// The teacher after batches have brought the missing completions of the questions. It sends no further requests: a question that
    /// failed in a batch fails.
    func batchedTeacher(for wanted: [WantedCompletion]) async throws -> CachedTeacher {
        let settings = settings.teacher
        let resolved = try settings.resolved()
        let endpoint = try resolved.asked()
        let access = try settings.access(to: endpoint)
        let cache = try CompletionCache(opening: settings.cacheFile, for: .writing)
        func teacher(_ mode: CachedTeacher.Mode) -> CachedTeacher { CachedTeacher(cache: cache, resolved, mode: mode, run: record.id) }
        if let run = record.id { cache.begin(run) }
        let kept = teacher(.replay)
        var missing: [TeacherRequest] = []
        for one in wanted {
            let messages = wording.messages(for: one.prompt)
            if try await kept.recorded(for: messages, teacherParameters, sample: one.sample) == nil {
                missing.append(kept.request(asking: messages, teacherParameters, sample: one.sample))
            }
        }
        let run = try BatchRun(
            cache, endpoint, resolved.dialect, access, attempts: settings.attempts,
            ledger: settings.ledger(cache, teacher: resolved.name, batched: true), observer: observer)
        let outcome = try await run(missing)
        if !missing.isEmpty {
            let without = missing.count { outcome.failures[CompletionKey.digest(of: $0)] != nil }
            observer.notice("batch", "\(missing.count) requests: \(missing.count - without) completed, \(without) without a completion")
        }
        return teacher(.batched(outcome))
    }
}

extension BatchRun {
    /// Makes the batches of one endpoint; an observer gets their progress.
    package init(
        _ cache: CompletionCache, _ endpoint: Endpoint, _ dialect: any Dialect, _ access: Access, attempts: Int = 6,
        ledger: Ledger? = nil, observer: any RunObserver
    ) throws {
        // Results come in files of their own, of hundreds of megabytes.
        let client = try HTTPClient(limits: TransportLimits(total: .seconds(3600), bodyBytes: 1 << 30))
        let headers = dialect.headers(key: access.key, given: access.headers)
        let wire = BatchWire(
            transport: client, headers: headers, keyAdvice: access.advice,
            policy: RetryPolicy(attempts: attempts))
        guard let service = BatchServices.service(for: endpoint, dialect: dialect, wire: wire) else {
            throw RunError(.usage, "\(dialect.name) has no batches; those that have: \(BatchServices.dialects.joined(separator: ", "))")
        }
        let told = Locked("")
        let secrets = headers.filter(\.isSecret)
        self.init(cache: cache, service: service, dialect: dialect, url: endpoint.url, ledger: ledger, secrets: secrets) { progress in
            guard progress.batches > 0 else { return }
            let batches = progress.batches == 1 ? "the batch" : "\(progress.batches) batches"
            let line = "\(progress.status): \(progress.done) of \(progress.rows) rows in \(batches)"
            let isNews = told.withLock { told in
                defer { told = line }
                return told != line
            }
            if isNews { observer.notice("batch", line) }
        }
    }
}
