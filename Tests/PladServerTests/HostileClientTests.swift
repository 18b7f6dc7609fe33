import Foundation
import PladHTTP
import PladRecords
import PladServer
import PladTestSupport
import Testing

/// Clients that send without end, hold memory, or leave, cost the server what one request may and no more.
@Suite(.timeLimit(.minutes(10))) struct HostileClientTests {
    private let post = "POST /v1/completions HTTP/1.1\r\nHost: localhost\r\n"

    @Test(arguments: [
        "GET / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n" + String(repeating: "A: b\r\n", count: 60),
        String(repeating: "\r\n", count: 129),
    ])
    func linesWithoutEndCountAgainstTheHeadsLimit(bytes: String) throws {
        var parser = RequestParser(limits: RequestLimits(headBytes: 256))
        let problem = #expect(throws: HTTPProblem.self) {
            // As it comes from the wire: line by line.
            for line in bytes.components(separatedBy: "\r\n").dropLast() {
                parser.append("\(line)\r\n".utf8)
                _ = try parser.next()
            }
        }
        #expect(problem?.status == 431)
    }

    @Test func shortTrailersAndSomeEmptyLinesAreTaken() throws {
        var parser = RequestParser(limits: RequestLimits(headBytes: 256))
        for _ in 0..<100 {
            parser.append("\r\n\r\nPOST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nA: b\r\n\r\n".utf8)
            guard case .request(let request) = try parser.next() else { Issue.record("no request"); return }
            #expect(request.body == Data("a".utf8))
        }
    }

    @Test func aTokenIsAskedForBeforeTheBodyIsRead() async throws {
        try await withServer(ScriptedModel.reversing, token: "secret") { server in
            for expecting in ["", "Expect: 100-continue\r\n"] {
                let client = try LoopbackClient(port: server.listener.port)
                client.send(post + expecting + "Content-Length: 1000000\r\n\r\nx")
                let response = try await client.response()
                #expect(response.status == 401 && response.headers["www-authenticate"] == "Bearer")
                #expect(response.headers["connection"] == "close")
            }
            // A request that came whole is refused without losing its connection.
            let client = try LoopbackClient(port: server.listener.port)
            #expect(try await client.ask("POST", "/v1/completions", [:]).status == 401)
            #expect(try await client.ask("GET", "/health").status == 200)
        }
    }

    @Test func bodiesThatAreReadAtOnceAreBoundedTogether() async throws {
        let limits = RequestLimits(bodyBytes: 1000, allBodiesBytes: 2500)
        try await withServer(ScriptedModel.reversing, limits: limits) { server in
            let document = "{\"model\":\"twin\",\"prompt\":\"abc\"}"
            let padded = document + String(repeating: " ", count: 1000 - document.utf8.count)
            let slow = try (0..<2).map { _ in try LoopbackClient(port: server.listener.port) }
            for client in slow {
                client.send(post + "Expect: 100-continue\r\nContent-Length: 1000\r\n\r\n")
                _ = try await client.receive(until: "100 Continue\r\n\r\n")
            }
            for framing in [
                "Content-Length: 1000\r\n\r\nx", "Transfer-Encoding: chunked\r\n\r\n3e0\r\n" + String(repeating: " ", count: 600),
            ] {
                let late = try LoopbackClient(port: server.listener.port)
                late.send(post + framing)
                let response = try await late.response()
                #expect(response.status == 503 && response.headers["retry-after"] == "1")
            }
            // Those that were let in are served, and what they held is free again, also where one leaves.
            slow[0].send(padded)
            #expect(try await slow[0].response().status == 200)
            slow[1].end()
            for _ in 0..<4 {
                let next = try LoopbackClient(port: server.listener.port)
                next.send(post + "Content-Length: 1000\r\n\r\n" + padded)
                #expect(try await next.response().status == 200)
            }
        }
    }

    @Test func aClientThatLeavesWithMuchSentAheadIsNoticed() async throws {
        let (asked, asking) = AsyncStream.makeStream(of: Void.self)
        let (gone, going) = AsyncStream.makeStream(of: Void.self)
        let model = ScriptedModel(
            answer: { _ in
                asking.yield()
                return [GeneratedPiece(sample: 0, text: "a", tokens: 1)]
            }, cancelled: { going.finish() })
        // More than the system's own buffers hold, and more than is kept.
        try await withServer(model, limits: RequestLimits(headBytes: 10_000, bodyBytes: 10_000)) { server in
            let client = try LoopbackClient(port: server.listener.port)
            client.send("POST", "/v1/completions", ["model": "twin", "prompt": "abc"])
            for await _ in asked { break }
            let ahead = String(repeating: "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n", count: 200_000)
            #expect(try await onThread { client.send(ahead) })
            client.end()
            for await _ in gone {}
        }
    }

    @Test func muchThatIsSentAheadIsAnsweredInOrder() async throws {
        let (asked, asking) = AsyncStream.makeStream(of: Void.self)
        let (permitted, permitting) = AsyncStream.makeStream(of: Void.self)
        let listener = try ListeningSocket(host: "127.0.0.1", port: 0)
        let server = HTTPServer(listener: listener, handler: HeldHandler(asking: asking, permitted: permitted))
        let client = try LoopbackClient(port: listener.port)
        client.send("GET", "/held")
        for await _ in asked { break }
        client.send(String(repeating: "GET /a HTTP/1.1\r\nHost: h\r\n\r\n", count: 2999) + "GET /a HTTP/1.1\r\nConnection: close\r\n\r\n")
        permitting.finish()
        let all = try await client.receive(until: "Connection: close\r\n\r\ndone")
        #expect(all.components(separatedBy: "done").count - 1 == 3001)
        await server.stop()
    }

    @Test func aFullServerSaysSoToNewClients() async throws {
        let (asked, asking) = AsyncStream.makeStream(of: Void.self)
        let (permitted, permitting) = AsyncStream.makeStream(of: Void.self)
        let listener = try ListeningSocket(host: "127.0.0.1", port: 0)
        let server = HTTPServer(listener: listener, maximumConnections: 1, handler: HeldHandler(asking: asking, permitted: permitted))
        let busy = try LoopbackClient(port: listener.port)
        busy.send("GET", "/held")
        for await _ in asked { break }
        // More than are told at once: those that were told make room.
        for _ in 0..<40 {
            let late = try LoopbackClient(port: listener.port)
            let response = try await late.ask("GET", "/quick")
            #expect(response.status == 503 && response.headers["retry-after"] == "1" && response.headers["connection"] == "close")
        }
        permitting.finish()
        #expect(try await busy.response().body == "done")
        // Idle now, it makes room itself.
        // The server may learn a moment later than the client that the request has ended.
        var next = try await LoopbackClient(port: listener.port).ask("GET", "/quick")
        while next.status == 503 { next = try await LoopbackClient(port: listener.port).ask("GET", "/quick") }
        #expect(next.status == 200)
        #expect(try await busy.isEnded())
        await server.stop()
    }

    @Test func aRequestThatIsNeverWholeMakesRoomAndIsTold() async throws {
        let listener = try ListeningSocket(host: "127.0.0.1", port: 0)
        let endpoint = OpenAIEndpoint(model: ScriptedModel.reversing, token: nil, browsers: try BrowserRules(host: "127.0.0.1"))
        let server = HTTPServer(listener: listener, maximumConnections: 1, handler: endpoint)
        let slow = try LoopbackClient(port: listener.port)
        slow.send("GET /he")
        #expect(try await LoopbackClient(port: listener.port).ask("GET", "/health").status == 200)
        let response = try await slow.response()
        #expect(response.status == 503 && response.headers["retry-after"] == "1")
        await server.stop()
    }

    /// Clients that ask for much share a bound; those that ask for little are not turned away on their account.
    @Test func allLargeCallsTogetherAreBounded() async throws {
        // What has more than 32 samples stays open.
        let model = ScriptedModel { request in
            request.samples > 32 ? [GeneratedPiece(sample: 0, text: "x", tokens: 1)] : try ScriptedModel.reversing.answer(request)
        }
        func call(_ samples: Int, streams: Bool = false) -> JSONValue {
            ["model": "twin", "prompt": "abc", "n": .int(Int64(samples)), "stream": .bool(streams)]
        }
        try await withServer(model, completions: 100) { server in
            let busy = try LoopbackClient(port: server.listener.port)
            busy.send("POST", "/v1/completions", call(60, streams: true))
            _ = try await busy.receive(until: "\"text\":\"x\"")
            let client = try LoopbackClient(port: server.listener.port)
            for samples in [41, 101] {
                let large = try await client.ask("POST", "/v1/completions", call(samples))
                #expect(large.status == 503 && large.headers["retry-after"] == "1")
                #expect(large.body.contains("as many completions as it takes at once, 100"))
            }
            for _ in 0..<20 {
                let small = try await client.ask("POST", "/v1/completions", call(32))
                #expect(small.status == 200 && small.json["choices"]?.array?.count == 32)
            }
            #expect(try await client.ask("GET", "/health").status == 200)
            busy.end()
            // That it has left may be noticed a moment later; then there is room for another.
            var isFull = true
            while isFull {
                let next = try LoopbackClient(port: server.listener.port)
                next.send("POST", "/v1/completions", call(60, streams: true))
                isFull = try await next.receive(until: "\r\n\r\n").hasPrefix("HTTP/1.1 503")
                next.end()
            }
        }
    }

    /// An answer of more bytes than a client that reads none of them takes.
    private struct LongAnswer: RequestHandler {
        let begun: AsyncStream<Void>.Continuation

        func handle(_ request: ServerRequest, on exchange: ServerExchange) async {
            begun.yield()
            try? await exchange.send(HTTPResponse(status: 200, body: Data(count: 64 << 20)))
        }

        func response(to problem: HTTPProblem) -> HTTPResponse { HTTPResponse(status: problem.status) }
    }

    @Test func aStopEndsWhoeverDoesNotEnd() async throws {
        let (asked, asking) = AsyncStream.makeStream(of: Void.self)
        let (never, _) = AsyncStream.makeStream(of: Void.self)
        for handler in [HeldHandler(asking: asking, permitted: never), LongAnswer(begun: asking)] as [any RequestHandler] {
            let listener = try ListeningSocket(host: "127.0.0.1", port: 0)
            let server = HTTPServer(listener: listener, handler: handler)
            let client = try LoopbackClient(port: listener.port)
            client.send("GET", "/held")
            for await _ in asked { break }
            await server.stop(within: .zero)
            withExtendedLifetime(client) {}
        }
    }

    @Test func halfARequestDoesNotHoldUpAStop() async throws {
        let listener = try ListeningSocket(host: "127.0.0.1", port: 0)
        let endpoint = OpenAIEndpoint(model: ScriptedModel.reversing, token: nil, browsers: try BrowserRules(host: "127.0.0.1"))
        let server = HTTPServer(listener: listener, handler: endpoint)
        let halves = ["GET /hea", post + "Content-Length: 9\r\n\r\n{", post + "Transfer-Encoding: chunked\r\n\r\n5\r\nab"]
        let clients = try halves.map { half in
            let client = try LoopbackClient(port: listener.port)
            client.send(half)
            return client
        }
        // Served after the halves have come: one thread takes them in the order of their connections.
        #expect(try await LoopbackClient(port: listener.port).ask("GET", "/health").status == 200)
        await server.stop()
        for client in clients { #expect(try await client.response().status == 503) }
    }
}
