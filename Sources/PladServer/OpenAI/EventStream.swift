import Foundation
import PladHTTP
import PladRecords

/// A response of server-sent events (WHATWG HTML §9.2): chunked, or until the connection ends for HTTP/1.0.
struct EventStream: Sendable {
    let exchange: ServerExchange
    /// Additional header fields.
    var headers: [String: String] = [:]

    private var isChunked: Bool { exchange.takesChunks }
    private var keepsAlive: Bool { exchange.keepsAlive && isChunked }

    func open() async throws {
        var headers = headers
        headers["Content-Type"] = "text/event-stream; charset=utf-8"
        headers["Cache-Control"] = "no-cache"
        if isChunked { headers["Transfer-Encoding"] = "chunked" }
        try await exchange.send(HTTPResponse.head(status: 200, headers: headers, keepsAlive: keepsAlive))
    }

    func send(_ event: JSONValue) async throws {
        try await send(literally: event.canonical)
    }

    /// - Parameter data: text without line breaks.
    func send(literally data: String) async throws {
        let event = Data("data: \(data)\n\n".utf8)
        try await exchange.send(isChunked ? HTTPResponse.chunk(event) : event)
    }

    func close() async throws {
        if isChunked { try await exchange.send(HTTPResponse.lastChunk) }
        if !keepsAlive { exchange.close() }
    }
}
