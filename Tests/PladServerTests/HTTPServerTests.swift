import Foundation
import PladHTTP
import PladRecords
import PladServer
import PladTestSupport
import Testing

/// What holds of the connections, whatever is asked over them.
@Suite(.timeLimit(.minutes(10))) struct HTTPServerTests {
    private let body: JSONValue = ["model": "twin", "prompt": "abc"]
    private let streamed: JSONValue = ["model": "twin", "prompt": "abc", "stream": true]

    /// A model that says one letter and then nothing until it is cancelled, which ends `gone`.
    private func openModel() -> (model: ScriptedModel, asked: AsyncStream<Void>, gone: AsyncStream<Void>) {
        let (asked, asking) = AsyncStream.makeStream(of: Void.self)
        let (gone, going) = AsyncStream.makeStream(of: Void.self)
        let model = ScriptedModel(
            answer: { _ in
                asking.yield()
                return [GeneratedPiece(sample: 0, text: "a", tokens: 1)]
            }, cancelled: { going.finish() })
        return (model, asked, gone)
    }

    @Test func connectionServesManyRequests() async throws {
        try await withServer(ScriptedModel.reversing) { server in
            let client = try LoopbackClient(port: server.listener.port)
            for _ in 0..<50 {
                let response = try await client.ask("POST", "/v1/completions", body)
                #expect(response.json["choices"]?[0]?["text"] == "0cba")
                #expect(response.headers["connection"] == "keep-alive")
            }
            #expect(try await client.ask("POST", "/v1/completions", streamed).events.last == "[DONE]")
            #expect(
                try await client.ask("POST", "/v1/completions", body, headers: ["Connection": "close"]).headers["connection"] == "close")
            #expect(try await client.isEnded())
        }
    }

    @Test func manyConnectionsAreServedAtOnce() async throws {
        try await withServer(ScriptedModel.reversing) { server in
            let port = server.listener.port
            let statuses = try await withThrowingTaskGroup(of: [Int].self) { group in
                for _ in 0..<64 {
                    group.addTask {
                        let client = try LoopbackClient(port: port)
                        var statuses: [Int] = []
                        for _ in 0..<5 { statuses.append(try await client.ask("POST", "/v1/completions", body).status) }
                        return statuses
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(statuses == Array(repeating: 200, count: 320))
        }
    }

    @Test func requestsSentAheadAreAnsweredInOrder() async throws {
        try await withServer(ScriptedModel.reversing) { server in
            let client = try LoopbackClient(port: server.listener.port)
            client.send(
                String(repeating: "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n", count: 3)
                    + "GET /v1/models HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            let all = try await client.receive(until: "\"object\":\"list\"}")
            #expect(all.components(separatedBy: "HTTP/1.1 200 OK").count == 5)
            #expect(all.components(separatedBy: "\"status\":\"ok\"").count == 4)
        }
    }

    @Test func oldClientsGetTheirEventsUnchunked() async throws {
        try await withServer(ScriptedModel.reversing) { server in
            let client = try LoopbackClient(port: server.listener.port)
            let text = streamed.canonical
            client.send("POST /v1/completions HTTP/1.0\r\nContent-Length: \(text.utf8.count)\r\n\r\n\(text)")
            let response = try await client.response()
            #expect(response.headers["transfer-encoding"] == nil)
            #expect(response.headers["connection"] == "close")
            #expect(response.events.last == "[DONE]")
        }
    }

    @Test(arguments: [false, true]) func clientThatGoesAwayCancelsItsRequest(streams: Bool) async throws {
        let (model, asked, gone) = openModel()
        try await withServer(model) { server in
            let client = try LoopbackClient(port: server.listener.port)
            client.send("POST", "/v1/completions", streams ? streamed : body)
            for await _ in asked { break }
            if streams { _ = try await client.receive(until: "\"text\":\"a\"") }
            client.end()
            for await _ in gone {}
        }
    }

    @Test func headHasTheHeadOfGetAlone() async throws {
        try await withServer(ScriptedModel.reversing) { server in
            let client = try LoopbackClient(port: server.listener.port)
            client.send(
                "HEAD /health HTTP/1.1\r\nHost: localhost\r\n\r\nGET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            let both = try await client.receive(until: "}")
            #expect(both.components(separatedBy: "Content-Length: 30\r\n").count == 3)
            #expect(both.components(separatedBy: "{").count == 2)
        }
    }

    @Test func idleConnectionMakesRoomForANewOne() async throws {
        let listener = try ListeningSocket(host: "127.0.0.1", port: 0)
        let server = HTTPServer(
            listener: listener, maximumConnections: 2,
            handler: OpenAIEndpoint(model: ScriptedModel.reversing, token: nil, browsers: try BrowserRules(host: "127.0.0.1")))
        let (slow, idle) = (try LoopbackClient(port: listener.port), try LoopbackClient(port: listener.port))
        slow.send("GET /he")
        let new = try LoopbackClient(port: listener.port)
        #expect(try await new.ask("GET", "/health").status == 200)
        #expect(try await idle.isEnded())
        slow.send("alth HTTP/1.1\r\nHost: localhost\r\n\r\n")
        #expect(try await slow.response().status == 200)
        await server.stop()
    }

    @Test func malformedRequestIsToldWhyBeforeTheConnectionEnds() async throws {
        try await withServer(ScriptedModel.reversing) { server in
            let client = try LoopbackClient(port: server.listener.port)
            client.send("NONSENSE\r\n\r\n")
            let response = try await client.response()
            #expect(response.status == 400)
            #expect(response.json["error"]?["message"]?.string?.contains("\"NONSENSE\"") == true)
            #expect(try await client.isEnded())
        }
    }

    @Test func bodyOverTheLimitIsRefusedWhileItArrives() async throws {
        try await withServer(ScriptedModel.reversing, limits: RequestLimits(bodyBytes: 1000)) { server in
            let client = try LoopbackClient(port: server.listener.port)
            let bytes = 8 << 20
            // Most clients send all before they read: a connection that is reset in between would hide the answer from them.
            let request =
                "POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: \(bytes)\r\n\r\n"
                + String(repeating: "x", count: bytes)
            #expect(try await onThread { client.send(request) })
            let response = try await client.response()
            #expect(response.status == 413)
            #expect(response.json["error"]?["message"] == .string("the body of \(bytes) bytes exceeds the limit of 1000 bytes"))
        }
    }

    @Test func stoppingLetsRequestsInProgressEnd() async throws {
        let (asked, asking) = AsyncStream.makeStream(of: Void.self)
        let (permitted, permitting) = AsyncStream.makeStream(of: Void.self)
        let listener = try ListeningSocket(host: "127.0.0.1", port: 0)
        let server = HTTPServer(listener: listener, handler: HeldHandler(asking: asking, permitted: permitted))
        let (busy, idle) = (try LoopbackClient(port: listener.port), try LoopbackClient(port: listener.port))
        let late = try LoopbackClient(port: listener.port)
        late.send("GET /late HTTP/1.1\r\n")
        #expect(try await idle.ask("GET", "/quick").status == 200)
        busy.send("GET", "/held")
        for await _ in asked { break }
        let stopping = Task { await server.stop() }
        #expect(try await idle.isEnded())
        // Half a request is told so at once: it may never end.
        #expect(try await late.response().status == 503)
        #expect(throws: POSIXError.self) { try LoopbackClient(port: listener.port) }
        permitting.finish()
        #expect(try await busy.response().body == "done")
        await stopping.value
    }
}

/// Answers `/held` once permitted, everything else at once.
struct HeldHandler: RequestHandler {
    let asking: AsyncStream<Void>.Continuation
    let permitted: AsyncStream<Void>

    func handle(_ request: ServerRequest, on exchange: ServerExchange) async {
        if request.path == "/held" {
            asking.yield()
            for await _ in permitted {}
        }
        try? await exchange.send(HTTPResponse(status: 200, body: Data("done".utf8)))
    }

    func response(to problem: HTTPProblem) -> HTTPResponse {
        HTTPResponse(status: problem.status, body: Data(problem.message.utf8))
    }
}
