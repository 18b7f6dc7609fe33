package import Foundation
import PladCache
import PladHTTP
import PladRecords
package import PladTeacher

extension TeacherSettings {
    /// File of the cache.
    package var cacheFile: URL { URL(fileURLWithPath: cache ?? Self.usualCache) }

    /// The teacher of the settings. Throws `SettingError` for incomplete settings.
    ///
    /// - Parameter path: path of these settings, for errors: `teacher` or `evaluation.judge`.
    package func resolved(_ path: String = "teacher") throws -> ResolvedTeacher {
        guard let teacher = try ResolvedTeacher(try resolvedDialect(path), remote: remote, id: id) else {
            throw SettingError(
                path: "\(path).remote", problem: "is missing: give the teacher's URL, or the `\(path).id` it was recorded under")
        }
        return teacher
    }

    /// The key and headers for the endpoint. Throws `TeacherError.keyWithheld` if they must not be sent to it.
    package func access(to endpoint: Endpoint, _ path: String = "teacher") throws -> Access {
        let environment = ProcessInfo.processInfo.environment
        let keys = KeySource(
            file: keyFile, variables: keyVariables, allowsPlainHTTP: plainHTTP, setting: path, environment: environment)
        return try Access(
            to: endpoint, keys: keys, headers: try headers.map { try HTTPHeader(line: $0, environment: environment) })
    }
}

extension CachedTeacher {
    /// Makes the teacher of the settings, behind its cache. In replay nothing is made that could open a socket.
    ///
    /// - Parameters:
    ///   - path: path of these settings, for errors: `teacher` or `evaluation.judge`.
    ///   - run: name of the run in the cache.
    convenience init(_ settings: TeacherSettings, _ path: String = "teacher", run: String? = nil, observer: any RunObserver) throws {
        try settings.validate(path)
        let teacher = try settings.resolved(path)
        let file = settings.cacheFile
        if settings.replay {
            self.init(cache: try CompletionCache(opening: file, for: .reading), teacher, mode: .replay, nameSetting: "\(path).id")
            return
        }
        let endpoint = try teacher.asked(path)
        let access = try settings.access(to: endpoint, path)
        let cache = try CompletionCache(opening: file, for: .writing)
        let ledger = try settings.ledger(cache, teacher: teacher.name)
        let remote = try RemoteTeacher(settings, endpoint, teacher.dialect, access, cache, ledger, observer)
        observer.observe(.connected(remote))
        self.init(
            cache: cache, teacher, mode: settings.refresh ? .refresh(remote) : .record(remote), ledger: ledger,
            nameSetting: "\(path).id", run: run,
            onWait: { observer.notice("waiting", "another process is asking some of these; its completions are used") })
    }
}

extension ResolvedTeacher {
    /// The endpoint to ask. Throws `SettingError` if there is no address.
    func asked(_ path: String = "teacher") throws -> Endpoint {
        guard let endpoint else { throw SettingError(path: "\(path).remote", problem: "is missing: give the teacher's URL") }
        return endpoint
    }
}

extension TeachSummary.Wire {
    /// Adds the usage of one process. The cost is the whole run's, killed processes included.
    mutating func add(_ usage: RunUsage) {
        completions += usage.asked
        attempts += usage.attempts
        promptTokens += usage.promptTokens
        completionTokens += usage.completionTokens
        if usage.paid != nil || usage.ofRun != nil {
            dollars = max((dollars ?? 0) + (usage.paid?.dollars ?? 0), usage.ofRun?.paid.dollars ?? 0)
        }
        let doubt = max((dollarsInDoubt ?? 0) + (usage.inDoubt?.dollars ?? 0), usage.ofRun?.inDoubt.dollars ?? 0)
        dollarsInDoubt = doubt > 0 ? doubt : nil
    }
}

extension RemoteTeacher: PaidRequests {}

extension RemoteTeacher {
    fileprivate convenience init(
        _ settings: TeacherSettings, _ endpoint: Endpoint, _ dialect: any Dialect, _ access: Access, _ cache: CompletionCache,
        _ ledger: Ledger?, _ observer: any RunObserver
    ) throws {
        self.init(
            endpoint: endpoint, dialect: dialect, access: access,
            transport: try HTTPClient(limits: TransportLimits(total: .seconds(settings.timeout))), concurrency: settings.concurrency,
            streaming: settings.streaming, idleTimeout: .seconds(settings.timeout),
            requestsPerMinute: settings.requestsPerMinute, tokensPerMinute: settings.tokensPerMinute,
            memory: EndpointFile(URL(fileURLWithPath: settings.cacheFile.path + "-traffic.json")),
            policy: RetryPolicy(attempts: settings.attempts), budget: ledger, onAttempt: { cache.note($0) },
            onNotice: { observer.observe(.waits(EndpointNotice($0), origin: endpoint.origin)) })
    }
}

extension EndpointNotice {
    fileprivate init(_ notice: GateNotice) {
        switch notice {
        case .waits(let time, let reason): self = .pauses(time, because: reason)
        case .goesOn: self = .goesOn
        }
    }
}
