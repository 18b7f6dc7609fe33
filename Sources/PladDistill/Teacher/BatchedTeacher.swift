import Foundation
package import PladCache
package import PladHTTP
import PladRecords
package import PladTeacher

extension Run {
    /// The teacher's answers once batches have brought what the cache lacked for the questions. It asks nobody: what a batch
    /// has failed to answer fails.
    func batchedTeacher(for questions: [TeachQuestion]) async throws -> CachedTeacher {
        let settings = settings.teacher
        let dialect = try settings.resolvedDialect()
        let endpoint = try Endpoint(try settings.remote.required("teacher.remote", "the teacher's URL"), dialect: dialect)
        let cache = try AnswerCache(opening: settings.cacheFile, for: .writing)
        let name = try settings.cacheName(endpoint)
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
        let headers = try TeacherSettings.headers(for: dialect, keyFile: settings.keyFile, given: settings.headers)
        let run = try BatchRun(
            cache, endpoint, dialect, headers, attempts: settings.attempts,
            ledger: settings.ledger(cache, teacher: name, batched: true), observer: observer)
        let outcome = try await run(missing)
        if !missing.isEmpty {
            let without = missing.count { outcome.failures[AnswerKey.digest(of: $0)] != nil }
            observer.notice("batch", "\(missing.count) questions: \(missing.count - without) answered, \(without) without an answer")
        }
        return teacher(.batched(outcome))
    }
}

extension BatchRun {
    /// The batches of one endpoint; an observer hears how far they are.
    package init(
        _ cache: AnswerCache, _ endpoint: Endpoint, _ dialect: any Dialect, _ headers: [HTTPHeader], attempts: Int = 6,
        ledger: Ledger? = nil, observer: any RunObserver
    ) throws {
        // Results come in files of their own, of hundreds of megabytes.
        let client = try HTTPClient(limits: TransportLimits(total: .seconds(3600), bodyBytes: 1 << 30))
        let wire = BatchWire(transport: client, headers: headers, policy: RetryPolicy(attempts: attempts))
        guard let service = BatchServices.service(for: endpoint, dialect: dialect, wire: wire) else {
            throw RunError(.usage, "\(dialect.name) has no batches; those that have: \(BatchServices.dialects.joined(separator: ", "))")
        }
        let told = Locked("")
        self.init(cache: cache, service: service, dialect: dialect, url: endpoint.url, ledger: ledger) { progress in
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
