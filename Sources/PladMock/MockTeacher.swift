import Foundation
package import PladHTTP
import PladRecords

/// A teacher that fails according to its script, over a real connection, in the dialect of the request's path.
///
/// Every POST to a dialect's path is an attempt, and so is every row of a batch.
package struct MockTeacher: RequestHandler {
    private let script: MockScript
    private let attempts: MockAttempts
    private let batches: MockBatches
    private let sleep: @Sendable (Duration) async throws -> Void

    /// - Parameters:
    ///   - log: called with every attempt.
    ///   - sleep: waits; tests pass one that returns at once.
    package init(
        script: MockScript, log: @escaping @Sendable (MockAttempt) -> Void = { _ in },
        sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    ) {
        self.script = script
        attempts = MockAttempts(script: script, log: log)
        batches = MockBatches(script: script, attempts: attempts)
        self.sleep = sleep
    }

    package func response(to problem: HTTPProblem) -> HTTPResponse {
        let error: JSONValue = [
            "message": .string(problem.message), "type": .string(problem.status < 500 ? "invalid_request_error" : "server_error"),
            "param": .null, "code": .null,
        ]
        return HTTPResponse(status: problem.status, json: ["error": error])
    }

    package func handle(_ request: ServerRequest, on exchange: ServerExchange) async {
        // Ends early when the client goes away, which is all the same here.
        try? await serve(request, on: exchange)
    }

    private func serve(_ request: ServerRequest, on exchange: ServerExchange) async throws {
        if request.path.contains("/batches") || request.path.contains("/files") {
            try await serveBatch(request, on: exchange)
        } else if request.method == "POST" {
            let digest = Digest(of: request.body)
            let reply = attempts.next(digest) ?? MockReply()
            let body = (try? JSONValue(parsing: request.body)) ?? .null
            let answer = MockCompletion(reply, script: script, path: request.path, request: body, digest: digest)
            try await play(reply, on: exchange) {
                answer.stream.map { streamed(reply, $0, exchange) } ?? whole(reply, answer.whole, exchange)
            }
        } else {
            let models: JSONValue = ["object": "list", "data": [["id": .string(script.model), "object": "model"]]]
            try await exchange.send(HTTPResponse(status: 200, json: models))
        }
    }

    private func serveBatch(_ request: ServerRequest, on exchange: ServerExchange) async throws {
        let reply = batches.fault(request) ?? MockReply()
        let isRefused = reply.status >= 300 || reply.silent || reply.hangUp || reply.body != nil
        let served = isRefused ? nil : batches.response(to: request)
        var played = reply
        served.map { played.status = $0.status }
        let body = served?.body ?? MockCompletion(reply, script: script, path: request.path, request: .null, digest: Digest(of: "")).whole
        let type = served?.headers["Content-Type"] ?? "application/json"
        try await play(played, on: exchange) { [played] in whole(played, body, exchange, type: type) }
    }

    private func play(_ reply: MockReply, on exchange: ServerExchange, _ wire: () -> Wire) async throws {
        if reply.silent {
            // Ends when the client goes away and this task is cancelled.
            while true { try await Task.sleep(for: .seconds(3600)) }
        }
        if reply.delaySeconds > 0 { try await sleep(.seconds(reply.delaySeconds)) }
        if reply.hangUp { return exchange.close(abruptly: reply.reset) }
        try await send(wire(), reply, on: exchange)
        if reply.cutAfterBytes != nil || !exchange.keepsAlive { exchange.close(abruptly: reply.reset && reply.cutAfterBytes != nil) }
    }

    /// A response's head, and its body in pieces.
    private typealias Wire = (head: Data, body: [Data])

    private func whole(_ reply: MockReply, _ body: Data, _ exchange: ServerExchange, type: String = "application/json") -> Wire {
        var shown = body.prefix(reply.truncateToBytes ?? body.count)
        var headers = ["Content-Type": type]
        if reply.gzip {
            shown = StoredGzip.encode(Data(shown))[...]
            headers["Content-Encoding"] = "gzip"
        }
        headers["Content-Length"] = String(shown.count + reply.paddingBytes)
        headers = headers.merging(script.headers) { $1 }.merging(reply.headers) { $1 }
        let blank = Data(repeating: 0x20, count: min(reply.paddingBytes, 1 << 16))
        let padding = stride(from: reply.paddingBytes, to: 0, by: -(1 << 16)).map { blank.prefix($0) }
        return (HTTPResponse.head(status: reply.status, headers: headers, keepsAlive: exchange.keepsAlive), [Data(shown)] + padding)
    }

    private func streamed(_ reply: MockReply, _ stream: MockStream, _ exchange: ServerExchange) -> Wire {
        let headers = ["Content-Type": stream.format.contentType, "Transfer-Encoding": "chunked"]
            .merging(script.headers) { $1 }.merging(reply.headers) { $1 }
        let head = HTTPResponse.head(status: reply.status, headers: headers, keepsAlive: exchange.keepsAlive)
        return (head, stream.pieces(reply.events).map(HTTPResponse.chunk) + [HTTPResponse.lastChunk])
    }

    private func send(_ wire: Wire, _ reply: MockReply, on exchange: ServerExchange) async throws {
        try await send(wire.head, at: reply.bytesPerSecond, on: exchange)
        var left = reply.cutAfterBytes ?? Int.max
        for piece in wire.body where left > 0 {
            try await send(piece.prefix(left), at: reply.bytesPerSecond, on: exchange)
            left -= min(left, piece.count)
        }
    }

    private func send(_ bytes: Data, at bytesPerSecond: Double?, on exchange: ServerExchange) async throws {
        guard let bytesPerSecond else { return try await exchange.send(bytes) }
        for byte in bytes {
            try await exchange.send(Data([byte]))
            try await sleep(.seconds(1 / bytesPerSecond))
        }
    }
}
