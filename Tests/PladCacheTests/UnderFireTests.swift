import Foundation
import PladCache
import PladHTTP
import PladRecords
import PladTeacher
import PladTestSupport
import Testing

/// Many prompts through the real client and a real cache, at a server where three attempts in ten fail.
@Suite struct UnderFireTests {
    /// What the server saw of each body, and what it answered in full.
    private final class Ledger: Sendable {
        private let state = Locked((attempts: 0, answered: Set<Data>(), askedAgain: 0))

        /// Whether this attempt is answered; counts it, and any attempt at a body that was answered before.
        func isAnswered(_ number: Int, _ body: Data) -> Bool {
            state.withLock { state in
                state.attempts += 1
                if state.answered.contains(body) { state.askedAgain += 1 }
                guard number % 10 >= 3 else { return false }
                state.answered.insert(body)
                return true
            }
        }

        var attempts: Int { state.withLock { $0.attempts } }
        var answered: Int { state.withLock { $0.answered.count } }
        var askedAgain: Int { state.withLock { $0.askedAgain } }
    }

    @Test func everyPromptIsAnsweredOnceAndEveryAttemptIsCounted() async throws {
        let folder = try Folder()
        let ledger = Ledger()
        let answer = Array(chatBody("fine").utf8)
        let faults: [[LoopbackServer.Play]] = [
            [.respond(429, "{\"error\":{\"message\":\"slow down\"}}", headers: ["Retry-After": "0"])],
            [.respond(500, "oops")], [.respond(503, "<html></html>")], [.respond(529, "{}")],
            [.send(Array("HTTP/1.1 200 OK\r\nContent-Length: \(answer.count)\r\n\r\n".utf8) + answer.prefix(30)), .cut],
            [.respond(200, bytes: Array(answer.prefix(60)))], [.cut], [.respond(200, "no gzip", headers: ["Content-Encoding": "gzip"])],
            [.respond(200, "<html>It works!</html>", headers: ["Content-Type": "text/html"])],
        ]
        let server = LoopbackServer { number, request in
            ledger.isAnswered(number, request.body) ? [.respond(200, bytes: answer)] : faults[number / 10 % faults.count]
        }
        defer { server.stop() }
        let counter = AttemptCounter()
        let teacher = RemoteTeacher(
            endpoint: try Endpoint(server.url, dialect: dialect), dialect: dialect, access: Access(key: nil), transport: try HTTPClient(),
            concurrency: 32,
            policy: RetryPolicy(attempts: 60, base: .zero), onAttempt: { _ in counter.add() })
        let record = cached(try CompletionCache(opening: folder["c.sqlite"], for: .writing), .record(teacher))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<1000 {
                group.addTask {
                    let answer = try await record.completion(of: question("prompt \(number)"), SamplingParameters())
                    #expect(answer.completion.text == "fine")
                }
            }
            try await group.waitForAll()
        }
        #expect(ledger.answered == 1000)
        #expect(ledger.askedAgain == 0)
        #expect(counter.count == ledger.attempts)
        #expect(record.usage.asked == 1000)
        #expect(record.usage.attempts == ledger.attempts)
        #expect(ledger.attempts > 1300)
    }
}

private final class AttemptCounter: Sendable {
    private let attempts = Locked(0)
    var count: Int { attempts.withLock { $0 } }
    func add() { attempts.withLock { $0 += 1 } }
}
