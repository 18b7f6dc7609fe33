package import Foundation
import PladCache
package import PladHTTP
import PladRecords
package import PladTeacher

extension TeacherSettings {
    /// The file of the cache.
    package var cacheFile: URL { URL(fileURLWithPath: cache ?? Self.usualCache) }

    /// The endpoint, where the settings name one.
    package func endpoint(_ dialect: any Dialect) throws -> Endpoint? { try remote.map { try Endpoint($0, dialect: dialect) } }

    /// What the cache calls the teacher: the id given, else the origin of its URL.
    package func cacheName(_ endpoint: Endpoint?, _ path: String = "teacher") throws -> String {
        guard let name = id ?? endpoint?.origin else {
            throw SettingError(
                path: "\(path).remote", problem: "is missing: give the teacher's URL, or the `\(path).id` it was recorded under")
        }
        return name
    }

    /// The key: in the file that the settings name, else in the environment; nil where there is none.
    package static func key(_ file: String?, for dialect: any Dialect) throws -> Credential? {
        try file.map { try Credential(path: $0) } ?? Credential(environment: ProcessInfo.processInfo.environment, for: dialect)
    }

    /// All headers of a request, the key's among them.
    package static func headers(for dialect: any Dialect, keyFile: String?, given: [String]) throws -> [HTTPHeader] {
        let environment = ProcessInfo.processInfo.environment
        return dialect.headers(
            key: try key(keyFile, for: dialect), given: try given.map { try HTTPHeader(line: $0, environment: environment) })
    }
}

extension CachedTeacher {
    /// The teacher that the settings name, behind its cache. In replay nothing is made that could open a socket.
    ///
    /// - Parameter path: the settings' place among all, for errors: `teacher` or `evaluation.judge`.
    convenience init(_ settings: TeacherSettings, _ path: String = "teacher", observer: any RunObserver) throws {
        try settings.validate(path)
        let dialect = try settings.resolvedDialect(path)
        let file = settings.cacheFile
        if settings.replay {
            let endpoint = try settings.endpoint(dialect)
            self.init(
                cache: try AnswerCache(opening: file, for: .reading), dialect: dialect, teacher: try settings.cacheName(endpoint, path),
                path: endpoint?.path ?? dialect.path(from: ""), mode: .replay, nameSetting: "\(path).id")
            return
        }
        let endpoint = try Endpoint(try settings.remote.required("\(path).remote", "the teacher's URL"), dialect: dialect)
        let cache = try AnswerCache(opening: file, for: .writing)
        let teacher = try settings.cacheName(endpoint, path)
        let ledger = try settings.ledger(cache, teacher: teacher)
        let remote = try RemoteTeacher(settings, endpoint, dialect, cache, ledger, observer)
        observer.observe(.connected(remote))
        self.init(
            cache: cache, dialect: dialect, teacher: teacher, path: endpoint.path,
            mode: settings.refresh ? .refresh(remote) : .record(remote), ledger: ledger, nameSetting: "\(path).id",
            onWait: { observer.notice("waiting", "another process is asking some of these; its answers are used") })
    }
}

extension RemoteTeacher: PaidRequests {}

extension RemoteTeacher {
    fileprivate convenience init(
        _ settings: TeacherSettings, _ endpoint: Endpoint, _ dialect: any Dialect, _ cache: AnswerCache, _ ledger: Ledger?,
        _ observer: any RunObserver
    ) throws {
        let environment = ProcessInfo.processInfo.environment
        self.init(
            endpoint: endpoint, dialect: dialect, key: try TeacherSettings.key(settings.keyFile, for: dialect),
            transport: try HTTPClient(limits: TransportLimits(total: .seconds(settings.timeout))), concurrency: settings.concurrency,
            streaming: settings.streaming, idleTimeout: .seconds(settings.timeout),
            headers: try settings.headers.map { try HTTPHeader(line: $0, environment: environment) },
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
