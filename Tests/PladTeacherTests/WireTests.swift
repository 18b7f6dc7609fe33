import Foundation
import PladHTTP
import PladRecords
import PladTeacher
import PladTestSupport
import Testing

/// Teacher, client and a faulty server together: every attempt is counted on both sides.
@Suite struct WireTests {
    private func head(_ length: Int) -> [UInt8] { Array("HTTP/1.1 200 OK\r\nContent-Length: \(length)\r\n\r\n".utf8) }

    @Test func everyFaultIsRetriedAndCountedOnce() async throws {
        let body = Array(chatBody("at last").utf8)
        let faults: [[LoopbackServer.Play]] = [
            [.respond(429, "{\"error\":{\"message\":\"slow down\"}}", headers: ["Retry-After": "2"])],
            [.respond(500, "oops")],
            [.send(head(body.count)), .send(Array(body.prefix(20))), .cut],
            [.respond(200, String(chatBody("truncated").prefix(60)))],
            [.cut],
            [.send(head(body.count)), .hold],
            [.respond(200, "this is no gzip", headers: ["Content-Encoding": "gzip"])],
            [.respond(200, bytes: Array(body))],
        ]
        let server = LoopbackServer { number, _ in faults[number] }
        defer { server.stop() }
        let clock = InstantClock()
        let attempts = Collected<Attempt>()
        let client = try HTTPClient(limits: TransportLimits(total: .milliseconds(400)))
        let reply = try await teacher(client, url: server.url, clock: clock, random: 0, attempts: attempts).reply(to: request())
        #expect(reply.completion.text == "at last")
        #expect(reply.response.attempts == 8)
        #expect(server.requests.count == 8)
        #expect(attempts.all.map(\.status) == [429, 500, nil, 200, nil, nil, nil, 200])
        #expect(clock.sleeps.first == .seconds(2))
    }

    @Test func aGiantBodyIsRefusedOnce() async throws {
        let server = LoopbackServer { _, _ in [.respond(200, chatBody(String(repeating: "x", count: 100_000)))] }
        defer { server.stop() }
        let client = try HTTPClient(limits: TransportLimits(bodyBytes: 10_000))
        let teacher = try teacher(client, url: server.url)
        let error = try await #require(throws: TeacherError.self) { try await teacher.reply(to: request()) }
        #expect(error.code == .tooLarge)
        #expect(server.requests.count == 1)
    }

    @Test func theLimitHoldsOnTheWire() async throws {
        let server = LoopbackServer { _, _ in [.respond(200, chatBody("x"))] }
        defer { server.stop() }
        let teacher = try teacher(try HTTPClient(), url: server.url, concurrency: 4)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for sample in 0..<200 { group.addTask { _ = try await teacher.reply(to: request(sample: sample)) } }
            try await group.waitForAll()
        }
        #expect(server.requests.count == 200)
        // A connection carries one request at a time, so there were never more than four.
        #expect(server.connections <= 4)
    }

    @Test func aWrongAddressFailsAtOnce() async throws {
        let server = LoopbackServer { _, _ in [] }
        server.stop()
        let clock = InstantClock()
        let teacher = try teacher(try HTTPClient(), url: server.url, clock: clock)
        let error = try await #require(throws: TeacherError.self) { try await teacher.reply(to: request()) }
        #expect(error.code == .unreachable)
        #expect(error.message.contains("127.0.0.1:\(server.port)"))
        #expect(clock.sleeps.isEmpty)
    }

    @Test func theKeyIsSentAndSeenNowhereElse() async throws {
        let server = LoopbackServer { _, _ in [.respond(401, "{\"error\":{\"message\":\"no\"}}")] }
        defer { server.stop() }
        let key = try Credential("sk-planted", source: "test")
        let attempts = Collected<Attempt>()
        let teacher = try teacher(try HTTPClient(), url: server.url, key: key, attempts: attempts)
        let error = try await #require(throws: TeacherError.self) { try await teacher.reply(to: request()) }
        #expect(server.requests[0].head.contains("Authorization: Bearer sk-planted"))
        var dumped = ""
        dump(error, to: &dumped)
        dump(attempts.all, to: &dumped)
        #expect(!dumped.contains("planted"))
    }
}
