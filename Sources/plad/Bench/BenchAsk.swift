import ArgumentParser
import Foundation
import PladCache
import PladHTTP
import PladRecords
import PladTeacher

struct BenchAsk: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ask", abstract: "Measure the client's cost of requests to a teacher.",
        discussion: """
            Sends different short prompts to an endpoint that should respond at once, such as a web server with a fixed body, \
            and counts the requests, the processor time that the client takes for each, and its memory after a tenth of them \
            and at the end. With --cache every completion is committed to a new cache before the next request takes its place.
            """)

    @Option(help: ArgumentHelp("The endpoint's base URL, with or without /v1.", valueName: "url"))
    var remote: String

    @Option(help: "The number of requests.")
    var requests = 10_000

    @Option(help: "The number of concurrent requests.")
    var concurrency = 256

    @Option(help: ArgumentHelp("Commit the completions to a cache in this new file.", valueName: "file"))
    var cache: String?

    @Flag(help: "Print one line of JSON.")
    var json = false

    func validate() throws {
        try BenchOptions.require(("requests", requests), ("concurrency", concurrency))
    }

    func run() async throws {
        let dialect = OpenAIChatDialect(model: "bench")
        let endpoint = try Endpoint(remote, dialect: dialect)
        let teacher = RemoteTeacher(
            endpoint: endpoint, dialect: dialect, access: Access(key: nil), transport: try HTTPClient(), concurrency: concurrency)
        let cached = try cache.map { path in
            guard !Files.exists(URL(fileURLWithPath: path)) else { throw UsageError("--cache \(path): give a file that is not there yet") }
            return CachedTeacher(
                cache: try CompletionCache(opening: URL(fileURLWithPath: path), for: .writing), dialect: dialect, teacher: endpoint.origin,
                path: endpoint.path, mode: .record(teacher))
        }
        let parameters = SamplingParameters(temperature: 0, maxTokens: 256)
        let ask: @Sendable (Int) async throws -> Void = { number in
            let question = [Message(role: "user", content: "Question \(number): what is the capital of the country with this number?")]
            if let cached {
                _ = try await cached.completion(of: question, parameters)
            } else {
                let request = dialect.request(teacher: endpoint.origin, path: endpoint.path, asking: question, parameters, sample: 0)
                _ = try await teacher.reply(to: request)
            }
        }
        // The connections are made, and the memory of the first requests taken, before anything is measured.
        try await (-2 * concurrency..<0).concurrently(concurrency, ask)
        let (began, before) = (ContinuousClock.now, Self.processorSeconds)
        var early = 0
        try await (0..<requests).concurrently(concurrency, ask) { done in
            if done == max(1, requests / 10) { early = Self.residentBytes }
        }
        let seconds = began.duration(to: .now).inSeconds
        let report = Report(
            command: "ask", requests: requests, concurrency: concurrency, commits: cached != nil, seconds: seconds,
            requestsPerSecond: Double(requests) / seconds,
            processorMicrosecondsPerRequest: (Self.processorSeconds - before) / Double(requests) * 1e6, residentBytesEarly: early,
            residentBytesAtEnd: Self.residentBytes)
        try report.show(json: json)
    }

    /// Processor seconds of this process so far, all its threads, user and system.
    private static var processorSeconds: Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }

    /// Resident memory of the process in bytes; 0 if the system does not report it.
    private static var residentBytes: Int {
        let fields = (try? String(contentsOfFile: "/proc/self/statm", encoding: .ascii))?.split(separator: " ") ?? []
        return fields.count > 1 ? (Int(fields[1]) ?? 0) * Int(sysconf(Int32(_SC_PAGESIZE))) : 0
    }

    private struct Report: Encodable {
        var command: String
        var requests: Int
        var concurrency: Int
        /// True if every completion was committed to a cache.
        var commits: Bool
        var seconds: Double
        var requestsPerSecond: Double
        var processorMicrosecondsPerRequest: Double
        /// Resident memory in bytes after a tenth of the requests.
        var residentBytesEarly: Int
        var residentBytesAtEnd: Int

        func show(json: Bool) throws {
            guard !json else { return try Console.result(line: self) }
            Console.result(
                String(
                    format: """
                        ask, %d requests, %d in flight, %@
                        requests/s    %.0f
                        µs CPU each   %.0f
                        memory        %.1f MiB after a tenth, %.1f at the end
                        """,
                    requests, concurrency, commits ? "each committed" : "no cache", requestsPerSecond, processorMicrosecondsPerRequest,
                    Double(residentBytesEarly) / Double(1 << 20), Double(residentBytesAtEnd) / Double(1 << 20)))
        }
    }
}
