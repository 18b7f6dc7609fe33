import ArgumentParser
import Foundation
import PladCache
import PladHTTP
import PladRecords
import PladTeacher

struct BenchCache: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cache", abstract: "Measure how fast completions are stored and found.",
        discussion: """
            Fills a new cache with made-up completions. Every insert is on the disk before it counts: one at a time, and many at once, \
            which share a flush. Then finds each completion again, and reopens the file.
            """)

    @Option(help: "The number of completions stored concurrently, and found again.")
    var answers = 50_000

    @Option(help: "The number of completions stored one at a time.")
    var single = 2_000

    @Option(help: "The size of a completion's text in bytes.")
    var bytes = 400

    @Option(help: "The number of concurrent callers.")
    var concurrency = 256

    @Option(help: ArgumentHelp("The folder for the cache, on the disk to measure. It is removed afterwards.", valueName: "dir"))
    var folder: String?

    @Flag(help: "Print one line of JSON.")
    var json = false

    func validate() throws {
        try BenchOptions.require(("answers", answers), ("single", single), ("concurrency", concurrency))
    }

    func run() async throws {
        let home = (folder.map { URL(fileURLWithPath: $0) } ?? FileManager.default.temporaryDirectory)
            .appendingPathComponent("plad-bench-\(UUID().uuidString)")
        try Files.makeFolder(home)
        defer { try? FileManager.default.removeItem(at: home) }
        let file = home.appendingPathComponent("bench.sqlite")
        let cache = try CompletionCache(opening: file, for: .writing)
        let dialect = OpenAIChatDialect(model: "bench")
        let requests = (0..<single + answers).map {
            dialect.request(
                teacher: "bench", path: "/v1/chat/completions", asking: [Message(role: "user", content: "question \($0)")],
                SamplingParameters(), sample: 0)
        }
        let text = String(repeating: "a", count: max(0, bytes))
        let body = Data(
            #"{"choices":[{"finish_reason":"stop","index":0,"message":{"content":"\#(text)","role":"assistant"}}],"model":"bench","usage":{"completion_tokens":9,"prompt_tokens":9}}"#
                .utf8)
        guard case .completion(let completion) = dialect.read(status: 200, body: body) else { preconditionFailure("no answer") }
        let reply = Reply(
            response: Response(status: 200, body: body, times: .init(started: Date(), firstByte: .zero, total: .zero)),
            completion: completion)

        let alone = try await Self.measure {
            for request in requests.prefix(single) { _ = try await cache.store(StoredCompletion(request, reply)) }
        }
        let grouped = try await Self.measure {
            try await requests.dropFirst(single).concurrently(concurrency) { _ = try await cache.store(StoredCompletion($0, reply)) }
        }
        let teacher = CachedTeacher(
            cache: cache, dialect: dialect, teacher: "bench", path: "/v1/chat/completions", mode: .replay)
        let found = try await Self.measure {
            try await requests.dropFirst(single).concurrently(concurrency) {
                _ = try await teacher.completion(
                    of: [Message(role: "user", content: $0.body["messages"]?[0]?["content"]?.string ?? "")], SamplingParameters())
            }
        }
        try cache.close()
        let flushes = try await Self.measure { try Self.flush(200, in: home) }
        let opening = try await Self.measure {
            _ = try await CompletionCache(opening: file, for: .writing).find(requests[0])
        }
        try Report(
            singlePerSecond: Double(single) / alone.seconds, flushesPerSecond: 200 / flushes.seconds,
            groupedPerSecond: Double(answers) / grouped.seconds,
            groupedMicroseconds: grouped.cpu / Double(answers) * 1e6, hitsPerSecond: Double(answers) / found.seconds,
            hitMicroseconds: found.cpu / Double(answers) * 1e6, openMilliseconds: opening.seconds * 1e3,
            bytes: (try? FileManager.default.attributesOfItem(atPath: file.path)[.size] as? Int) ?? 0
        ).show(json: json)
    }

    private static func measure(_ body: () async throws -> Void) async throws -> (seconds: Double, cpu: Double) {
        let (start, used) = (ContinuousClock.now, clock())
        try await body()
        return (start.duration(to: .now).inSeconds, Double(clock() - used) / Double(CLOCKS_PER_SEC))
    }

    private static func flush(_ times: Int, in folder: URL) throws {
        let file = folder.appendingPathComponent("flush")
        try Data().write(to: file)
        let handle = try FileHandle(forWritingTo: file)
        defer { try? handle.close() }
        for _ in 0..<times {
            try handle.write(contentsOf: Data(count: 4096))
            try handle.synchronize()
        }
    }

    private struct Report: Encodable {
        var singlePerSecond: Double
        /// Number of flushed writes of one page that the disk does in a second.
        var flushesPerSecond: Double
        var groupedPerSecond: Double
        /// Processor time of one grouped write, in microseconds.
        var groupedMicroseconds: Double
        var hitsPerSecond: Double
        var hitMicroseconds: Double
        /// Time to open the filled file and find a first completion, in milliseconds.
        var openMilliseconds: Double
        var bytes: Int

        func show(json: Bool) throws {
            guard !json else { return try Console.result(line: self) }
            Console.result(
                String(
                    format: """
                        kept one at a time   %.0f/s, each on the disk, which flushes a page %.0f times a second
                        kept many at once    %.0f/s, each on the disk; %.0f us of processor time
                        found                %.0f/s; %.0f us of processor time
                        opened               %.1f ms, a file of %.0f MB
                        """,
                    singlePerSecond, flushesPerSecond, groupedPerSecond, groupedMicroseconds, hitsPerSecond, hitMicroseconds,
                    openMilliseconds,
                    Double(bytes) / 1e6))
        }
    }
}
