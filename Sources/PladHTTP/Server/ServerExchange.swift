package import Foundation
import PladRecords

/// One request on its connection, to which its handler writes the response.
///
/// Calls after the connection has ended throw `HTTPError.gone`; the handler's task is cancelled at the same time.
package struct ServerExchange: Sendable {
    let connection: Int
    let commands: SocketCommandQueue
    /// True if the client accepts a chunked body (HTTP/1.1).
    package let takesChunks: Bool
    /// True if the connection serves further requests after this one.
    package let keepsAlive: Bool
    /// True for a HEAD request: the response has the head of a GET's, and no body.
    let omitsBody: Bool

    /// Sends bytes; returns once the operating system has accepted all of them.
    package func send(_ bytes: Data) async throws {
        guard !bytes.isEmpty else { return }
        try await withCheckedThrowingContinuation { continuation in
            commands.post(.send(connection, bytes, continuation))
        }
    }

    /// Sends a whole response. Not valid after a part of a response was sent.
    package func send(_ response: HTTPResponse) async throws {
        try await send(response.encoded(keepsAlive: keepsAlive, omitsBody: omitsBody))
        if !keepsAlive { close() }
    }

    /// Ends the connection after sending what is queued, or at once and with a reset if `abruptly`.
    package func close(abruptly: Bool = false) {
        commands.post(.close(connection, abruptly: abruptly))
    }
}

/// A handler of requests. One task for each request calls `handle`; the connection's next request waits for its return.
package protocol RequestHandler: Sendable {
    /// Responds to a request over `exchange`. If the client disconnects, the calling task is cancelled.
    func handle(_ request: ServerRequest, on exchange: ServerExchange) async
    /// The response that refuses a request by its head, before its body is read; nil to read the body. Refusal here ends the
    /// connection; requests without a body are refused by `handle`.
    func refusal(of head: ServerRequest) -> HTTPResponse?
    /// The response to bytes that are not a valid request.
    func response(to problem: HTTPProblem) -> HTTPResponse
}

extension RequestHandler {
    /// Returns nil: refuses nothing.
    package func refusal(of head: ServerRequest) -> HTTPResponse? { nil }
}
