import Foundation
import PladHTTP
import PladMock
import PladRecords
import PladTestSupport
import Testing

/// Every way of misbehaving, as it looks on the wire.
@Suite(.timeLimit(.minutes(10))) struct MockTeacherTests {
    private let body: JSONValue = ["model": "any", "messages": [["role": "user", "content": "say it"]]]

    private func reply(_ change: (inout MockReply) -> Void) -> MockReply {
        var reply = MockReply()
        change(&reply)
        return reply
    }

    /// Plays `sequence` to `body`'s first attempts while `ask` runs.
    private func play<Value>(
        _ sequence: [MockReply], log: @escaping @Sendable (MockAttempt) -> Void = { _ in },
        slept: @escaping @Sendable (Duration) -> Void = { _ in }, _ ask: (LoopbackClient, UInt16) async throws -> Value
    ) async throws -> Value {
        var script = MockScript()
        script.sequence = sequence
        let listener = try ListeningSocket(host: "127.0.0.1", port: 0)
        let server = HTTPServer(listener: listener, handler: MockTeacher(script: script, log: log, sleep: { slept($0) }))
        let result: Result<Value, any Error>
        do {
            result = .success(try await ask(try LoopbackClient(port: listener.port), listener.port))
        } catch {
            result = .failure(error)
        }
        await server.stop(abruptly: true)
        return try result.get()
    }

    private func answer(_ reply: MockReply, streams: Bool = false) async throws -> LoopbackClient.Response {
        try await play([reply]) { client, _ in try await ask(client, streams: streams) }
    }

    private func ask(_ client: LoopbackClient, streams: Bool = false) async throws -> LoopbackClient.Response {
        let streamed: JSONValue = .object(body.object!.merging(["stream": true]) { $1 })
        return try await client.ask("POST", "/v1/chat/completions", streams ? streamed : body)
    }

    @Test func attemptsFollowTheSequenceAndAreLogged() async throws {
        let (lines, line) = AsyncStream.makeStream(of: MockAttempt.self)
        let sequence = [
            reply {
                $0.status = 429; $0.headers = ["Retry-After": "3"]
            },
            reply {
                $0.status = 529; $0.name = "overloaded"
            },
        ]
        try await play(sequence, log: { line.yield($0) }) { client, _ in
            let throttled = try await ask(client)
            #expect(throttled.status == 429)
            #expect(throttled.headers["retry-after"] == "3")
            #expect(throttled.json["error"]?["code"] == "rate_limit_exceeded")
            #expect(try await ask(client).status == 529)
            let answered = try await ask(client)
            #expect(answered.json["choices"]?[0]?["message"]?["content"] == "You said: say it")
            #expect(answered.json["usage"] == ["prompt_tokens": 2, "completion_tokens": 4, "total_tokens": 6])
        }
        line.finish()
        let logged = await lines.reduce(into: []) { $0.append($1) }
        #expect(logged.map(\.attempt) == [1, 2, 3])
        #expect(logged.map(\.fault) == ["status 429", "overloaded", nil])
        #expect(Set(logged.map(\.request)).count == 1)
    }

    @Test func wordsOfTheAnswerCanBeAnything() async throws {
        let said = try await answer(
            reply {
                $0.text = "<think>hm</think>"; $0.reasoning = "why"; $0.finishReason = "length"; $0.model = "drifted"
            }
        ).json
        #expect(said["model"] == "drifted")
        #expect(said["choices"]?[0]?["finish_reason"] == "length")
        #expect(said["choices"]?[0]?["message"] == ["role": "assistant", "content": "<think>hm</think>", "reasoning_content": "why"])
        let refused = try await answer(reply { $0.refusal = "no" }).json["choices"]?[0]?["message"]
        #expect(refused == ["role": "assistant", "content": .null, "refusal": "no"])
    }

    @Test func bodyCanBeWrongInEveryWay() async throws {
        #expect(
            try await answer(
                reply {
                    $0.body = "<html>"; $0.headers = ["Content-Type": "text/html"]
                }
            ).body == "<html>")
        let truncated = try await answer(reply { $0.truncateToBytes = 30 })
        #expect(truncated.headers["content-length"] == "30")
        #expect(truncated.json == .null)
        let giant = try await answer(reply { $0.paddingBytes = 3_000_000 })
        #expect(giant.body.utf8.count > 3_000_000)
        #expect(giant.json["object"] == "chat.completion")
    }

    @Test func gzipIsWhatUnpackersRead() async throws {
        // As Python's gzip.decompress reads it; 3610a686 is zlib's CRC-32 of "hello".
        let header: [UInt8] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]
        let packed = header + [1, 5, 0, 0xfa, 0xff] + Array("hello".utf8) + [0x86, 0xa6, 0x10, 0x36, 5, 0, 0, 0]
        #expect(Array(StoredGzip.encode(Data("hello".utf8))) == packed)
        let response = try await answer(
            reply {
                $0.gzip = true; $0.body = "hello"
            })
        #expect(response.headers["content-encoding"] == "gzip" && response.headers["content-length"] == "\(packed.count)")
    }

    @Test(arguments: [false, true]) func connectionIsCutWithinTheBody(reset: Bool) async throws {
        let cut = reply {
            $0.cutAfterBytes = 10; $0.reset = reset
        }
        await #expect(throws: LoopbackClient.Ended.self) { try await answer(cut) }
        await #expect(throws: LoopbackClient.Ended.self) { try await answer(cut, streams: true) }
    }

    @Test func connectionIsCutWithoutAnAnswer() async throws {
        await #expect { try await answer(reply { $0.hangUp = true }) } throws: { ($0 as? LoopbackClient.Ended)?.received == "" }
    }

    @Test func silenceLastsUntilTheClientLeaves() async throws {
        let (lines, line) = AsyncStream.makeStream(of: MockAttempt.self)
        try await play([reply { $0.silent = true }], log: { line.yield($0) }) { client, port in
            client.send("POST", "/v1/chat/completions", body)
            for await _ in lines { break }
            client.end()
            // The next attempt is served, over another connection.
            let next = try LoopbackClient(port: port)
            #expect(try await ask(next).status == 200)
        }
    }

    @Test func slowResponsesDripByteByByte() async throws {
        let (waits, wait) = AsyncStream.makeStream(of: Duration.self)
        let slow = reply {
            $0.body = "{}"; $0.bytesPerSecond = 4; $0.delaySeconds = 7
        }
        #expect(try await play([slow], slept: { wait.yield($0) }) { client, _ in try await ask(client) }.body == "{}")
        wait.finish()
        let all = await waits.reduce(into: [Duration]()) { $0.append($1) }
        #expect(all.first == .seconds(7))
        #expect(all.dropFirst().allSatisfy { $0 == .milliseconds(250) } && all.count > 50)
    }

    @Test func eventsComeInOrderOrNot() async throws {
        func contents(_ events: MockEvents) async throws -> ([String], LoopbackClient.Response) {
            let response = try await answer(
                reply {
                    $0.events = events; $0.text = "a b c d"
                }, streams: true)
            return (try response.eventDocuments.compactMap { $0["choices"]?[0]?["delta"]?["content"]?.string }, response)
        }
        let (inOrder, whole) = try await contents(.inOrder)
        #expect(inOrder == ["", "a", " b", " c", " d"])
        #expect(whole.events.last == "[DONE]")
        #expect(try await contents(.duplicated).0 == inOrder.flatMap { [$0, $0] })
        #expect(try await contents(.outOfOrder).0 == ["", " b", "a", " d", " c"])
        let (_, unfinished) = try await contents(.unfinished)
        #expect(!unfinished.events.contains("[DONE]") && !unfinished.body.contains("\"finish_reason\":\"stop\""))
    }
}
