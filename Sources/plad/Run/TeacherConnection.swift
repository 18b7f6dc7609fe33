import Foundation
import PladCache
import PladHTTP
import PladRecords
import PladTeacher

extension TeacherOptions {
    /// The name of the dialect that is spoken: the one given, else the one that the URL tells.
    var dialectName: String { dialect ?? remote.map(Dialects.name(for:)) ?? Dialects.names[0] }

    /// Throws `UsageError` for an unknown name, a missing model, or an `--extra` that is no field.
    func resolvedDialect() throws -> any Dialect {
        let model = try teacherModel.required("teacher-model", "the name of the model to ask for")
        guard let found = Dialects.named(dialectName, model: model, remote: remote, extra: try extraFields()) else {
            throw UsageError("--dialect \(dialectName): choose one of: \(Dialects.names.joined(separator: ", "))")
        }
        return found
    }

    /// Fields that say what is asked, of whom, how often and in what form.
    private static let owned: Set = ["messages", "prompt", "input", "contents", "model", "n", "best_of", "stream", "stream_options"]

    private func extraFields() throws -> [String: JSONValue] {
        try extra.reduce(into: [:]) { fields, text in
            let parts = text.split(separator: "=", maxSplits: 1)
            guard parts.count == 2, let value = try? JSONValue(parsing: Data(parts[1].utf8)) else {
                throw UsageError("--extra \(text): give field=json; a text stands in quotes: --extra 'field=\"text\"'")
            }
            guard !Self.owned.contains(String(parts[0])) else {
                throw UsageError("--extra \(parts[0]): plad writes that field itself, from the prompt and its own flags")
            }
            fields[String(parts[0])] = value
        }
    }

    func check() throws {
        guard !(replay && refresh) else { throw UsageError("--replay and --refresh exclude each other: give one") }
        try checkBatch()
        guard concurrency > 0 else { throw UsageError("--concurrency \(concurrency): give at least 1") }
        for (flag, limit) in [("requests", requestsPerMinute), ("tokens", tokensPerMinute)] where !((limit ?? 1) > 0) {
            throw UsageError("--\(flag)-per-minute \(limit ?? 0): give a number above 0")
        }
        guard attempts > 0 else { throw UsageError("--attempts \(attempts): give at least 1") }
        guard timeout > 0 else { throw UsageError("--timeout \(timeout): give a number of seconds above 0") }
        _ = try resolvedPrice()
        if let remote { _ = try Endpoint(remote, dialect: try resolvedDialect()) }
        for line in header { _ = try HTTPHeader(line: line, environment: nil) }
        guard teacherSamples > 0 else { throw UsageError("--teacher-samples \(teacherSamples): ask for at least one") }
    }
}

extension CachedTeacher {
    /// The teacher that the options name, behind its cache. In replay nothing is made that could open a socket.
    convenience init(_ options: TeacherOptions) throws {
        try options.check()
        let environment = ProcessInfo.processInfo.environment
        let file = URL(fileURLWithPath: options.cache ?? CacheFileOptions.usual)
        let dialect = try options.resolvedDialect()
        if options.replay {
            let endpoint = try options.remote.map { try Endpoint($0, dialect: dialect) }
            guard let teacher = options.teacherID ?? endpoint?.origin else {
                throw UsageError("--remote is missing: give the teacher's URL, or the --teacher-id it was recorded under")
            }
            self.init(
                cache: try AnswerCache(opening: file, for: .reading), dialect: dialect, teacher: teacher,
                path: endpoint?.path ?? dialect.path(from: ""), mode: .replay)
        } else {
            let endpoint = try Endpoint(try options.remote.required("remote", "the teacher's URL"), dialect: dialect)
            let cache = try AnswerCache(opening: file, for: .writing)
            let teacher = options.teacherID ?? endpoint.origin
            CoreDumps.switchOff()
            let ledger = try options.purse(cache, teacher: teacher)
            let remote = RemoteTeacher(
                endpoint: endpoint, dialect: dialect,
                key: try options.keyFile.map { try Credential(path: $0) } ?? Credential(environment: environment, for: dialect),
                transport: try HTTPClient(limits: TransportLimits(total: .seconds(options.timeout))), concurrency: options.concurrency,
                streaming: options.stream, idleTimeout: .seconds(options.timeout),
                headers: try options.header.map { try HTTPHeader(line: $0, environment: environment) },
                requestsPerMinute: options.requestsPerMinute, tokensPerMinute: options.tokensPerMinute,
                memory: TrafficFile(URL(fileURLWithPath: file.path + "-traffic.json")),
                policy: RetryPolicy(attempts: options.attempts), purse: ledger,
                onAttempt: { cache.note($0) }, onNotice: { Console.say($0.sentence(about: endpoint.origin)) })
            Interruption.letFinish(
                .init(count: { [weak remote] in remote?.requestsUnderWay ?? 0 }, cut: { [weak remote] in remote?.cutRequests() }))
            self.init(
                cache: cache, dialect: dialect, teacher: teacher, path: endpoint.path,
                mode: options.refresh ? .refresh(remote) : .record(remote), ledger: ledger,
                onWait: { Console.say("waiting    another process is asking some of these; its answers are used") })
        }
    }
}

extension TrafficNotice {
    /// What a person reads of it.
    fileprivate func sentence(about origin: String) -> String {
        switch self {
        case .waits(let time, let reason):
            let seconds = time / .seconds(1)
            let clock = DateFormatter()
            clock.dateFormat = seconds > 43_200 ? "d MMM HH:mm" : "HH:mm:ss"
            let until = clock.string(from: Date(timeIntervalSinceNow: seconds))
            return "waiting    \(Progress.spelled(seconds)), until \(until), for \(origin) (\(reason)); Ctrl-C keeps what is answered"
        case .goesOn: return "going on   \(origin) answers again"
        }
    }
}
