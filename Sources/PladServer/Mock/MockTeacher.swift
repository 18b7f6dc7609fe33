import Foundation
import PladRecords

/// A teacher that misbehaves as its script says, over a real connection. Every POST is an attempt at a chat completion.
package struct MockTeacher: RequestHandler {
    private let script: MockScript
    private let attempts: MockAttempts
    private let sleep: @Sendable (Duration) async throws -> Void

    /// - Parameters:
    ///   - log: told every attempt.
    ///   - sleep: waits; tests need not.
    package init(
        script: MockScript, log: @escaping @Sendable (MockAttempt) -> Void = { _ in },
        sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    ) {
        self.script = script
        attempts = MockAttempts(script: script, log: log)
        self.sleep = sleep
    }

    package func response(to problem: HTTPProblem) -> HTTPResponse {
        APIError(problem).response
    }

    package func handle(_ request: HTTPRequest, on exchange: Exchange) async {
        guard request.method == "POST" else {
            try? await exchange.send(
                HTTPResponse(status: 200, json: ["object": "list", "data": [["id": .string(script.model), "object": "model"]]]))
            return
        }
        let digest = Digest(of: request.body)
        let reply = attempts.next(digest) ?? MockReply()
        let body = MockBody(reply: reply, script: script, request: MockRequest(body: request.body), digest: digest)
        // Ends early when the client goes away, which is all the same here.
        try? await play(reply, body, on: exchange)
    }

    private func play(_ reply: MockReply, _ body: MockBody, on exchange: Exchange) async throws {
        if reply.silent {
            // Ends when the client goes away and this task is cancelled.
            while true { try await Task.sleep(for: .seconds(3600)) }
        }
        if reply.delaySeconds > 0 { try await sleep(.seconds(reply.delaySeconds)) }
        if reply.hangUp { return exchange.close(abruptly: reply.reset) }
        let streams = body.request.streams && reply.status < 300 && reply.body == nil
        try await send(streams ? streamed(reply, body.events, exchange) : whole(reply, body.whole, exchange), reply, on: exchange)
        if reply.cutAfterBytes != nil || !exchange.keepsAlive { exchange.close(abruptly: reply.reset && reply.cutAfterBytes != nil) }
    }

    /// The parts of a response: its head, and its body in pieces.
    private typealias Wire = (head: Data, body: [Data])

    private func whole(_ reply: MockReply, _ body: Data, _ exchange: Exchange) -> Wire {
        var shown = body.prefix(reply.truncateToBytes ?? body.count)
        var headers = ["Content-Type": "application/json"]
        if reply.gzip {
            shown = StoredGzip.encode(Data(shown))[...]
            headers["Content-Encoding"] = "gzip"
        }
        headers["Content-Length"] = String(shown.count + reply.paddingBytes)
        headers.merge(reply.headers) { $1 }
        let blank = Data(repeating: 0x20, count: min(reply.paddingBytes, 1 << 16))
        let padding = stride(from: reply.paddingBytes, to: 0, by: -(1 << 16)).map { blank.prefix($0) }
        return (HTTPResponse.head(status: reply.status, headers: headers, keepsAlive: exchange.keepsAlive), [Data(shown)] + padding)
    }

    private func streamed(_ reply: MockReply, _ events: [Data], _ exchange: Exchange) -> Wire {
        let headers = ["Content-Type": "text/event-stream", "Transfer-Encoding": "chunked"].merging(reply.headers) { $1 }
        let head = HTTPResponse.head(status: reply.status, headers: headers, keepsAlive: exchange.keepsAlive)
        return (head, events.map(HTTPResponse.chunk) + [HTTPResponse.lastChunk])
    }

    private func send(_ wire: Wire, _ reply: MockReply, on exchange: Exchange) async throws {
        try await send(wire.head, at: reply.bytesPerSecond, on: exchange)
        var left = reply.cutAfterBytes ?? Int.max
        for piece in wire.body where left > 0 {
            try await send(piece.prefix(left), at: reply.bytesPerSecond, on: exchange)
            left -= min(left, piece.count)
        }
    }

    private func send(_ bytes: Data, at bytesPerSecond: Double?, on exchange: Exchange) async throws {
        guard let bytesPerSecond else { return try await exchange.send(bytes) }
        for byte in bytes {
            try await exchange.send(Data([byte]))
            try await sleep(.seconds(1 / bytesPerSecond))
        }
    }
}
