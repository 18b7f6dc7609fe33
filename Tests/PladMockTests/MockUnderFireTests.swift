import Foundation
import PladHTTP
import PladMock
import PladRecords
import PladTeacher
import Testing

/// The real client at the mock teacher, where three attempts in ten are faulty in every way that needs no long wait.
/// `make fire` plays the whole of it, with the cache and the command around it.
@Suite(.timeLimit(.minutes(10))) struct MockUnderFireTests {
    private final class Log: Sendable {
        private let state = Locked((attempts: 0, answered: Set<String>(), again: 0, faults: Set<String>()))

        func add(_ attempt: MockAttempt) {
            state.withLock { state in
                state.attempts += 1
                if state.answered.contains(attempt.request) { state.again += 1 }
                if attempt.answers { state.answered.insert(attempt.request) }
                if let fault = attempt.fault { state.faults.insert(fault) }
            }
        }

        var attempts: Int { state.withLock { $0.attempts } }
        var answered: Int { state.withLock { $0.answered.count } }
        var again: Int { state.withLock { $0.again } }
        var faults: Int { state.withLock { $0.faults.count } }
    }

    private var script: MockScript {
        func fault(_ change: (inout MockReply) -> Void) -> MockReply {
            var reply = MockReply()
            change(&reply)
            return reply
        }
        var script = MockScript()
        script.faulty = 0.3
        script.faults = [
            fault { ($0.name, $0.status) = ("throttled", 429) },
            fault { ($0.name, $0.status, $0.headers) = ("throttled briefly", 429, ["retry-after-ms": "1"]) },
            fault { ($0.name, $0.status, $0.headers) = ("throttled until", 429, ["Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"]) },
            fault { ($0.name, $0.status) = ("server", 500) }, fault { ($0.name, $0.status) = ("unavailable", 503) },
            fault { ($0.name, $0.status) = ("overloaded", 529) },
            fault { ($0.name, $0.status, $0.body) = ("page of a proxy", 502, "<html>Bad Gateway</html>") },
            fault { ($0.name, $0.cutAfterBytes) = ("cut", 30) },
            fault { ($0.name, $0.cutAfterBytes, $0.reset) = ("cut and reset", 30, true) },
            fault { ($0.name, $0.hangUp) = ("hung up", true) },
            fault { ($0.name, $0.truncateToBytes) = ("truncated", 40) },
            fault { ($0.name, $0.body) = ("page", "<html>It works!</html>") },
            fault { ($0.name, $0.headers) = ("other type", ["Content-Type": "text/plain"]) },
            fault { ($0.name, $0.gzip) = ("zipped", true) },
            fault { ($0.name, $0.paddingBytes) = ("giant", 100_000) },
            fault { ($0.name, $0.text) = ("empty", "") },
            fault { ($0.name, $0.refusal) = ("refusal", "no") },
            fault { ($0.name, $0.text) = ("thinking", "<think>hm</think>yes") },
            fault { ($0.name, $0.model) = ("drifted", "mock-2") },
        ]
        return script
    }

    @Test func everyPromptIsAnsweredNoneAgainAndEveryAttemptCounted() async throws {
        let log = Log()
        let listener = try ListeningSocket(host: "127.0.0.1", port: 0)
        let server = HTTPServer(listener: listener, handler: MockTeacher(script: script) { log.add($0) })
        defer { Task { await server.stop(abruptly: true) } }
        let dialect = OpenAIChatDialect(model: "m")
        let endpoint = try Endpoint("http://127.0.0.1:\(listener.port)", dialect: dialect)
        let attempts = Locked(0)
        let teacher = RemoteTeacher(
            endpoint: endpoint, dialect: dialect, access: Access(key: nil), transport: try HTTPClient(), concurrency: 256,
            policy: RetryPolicy(attempts: 60, base: .milliseconds(1)), onAttempt: { _ in attempts.withLock { $0 += 1 } })
        let counted = try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 0..<2000 {
                group.addTask {
                    let request = dialect.request(
                        teacher: "t", path: endpoint.path, asking: [Message(role: "user", content: "prompt \(number)")],
                        SamplingParameters(), sample: 0)
                    return try await teacher.reply(to: request).response.attempts
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(log.answered == 2000)
        #expect(log.again == 0)
        #expect(log.faults == script.faults.count)
        #expect(attempts.withLock { $0 } == log.attempts && counted == log.attempts)
        #expect(log.attempts > 2300)
    }
}
