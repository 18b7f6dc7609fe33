package import Foundation
import PladRecords

/// One request's side of its connection: where its handler writes the response, raw.
///
/// Calls after the connection has gone throw `HTTPError.gone`; the handler's task is cancelled at the same moment.
package struct ServerExchange: Sendable {
    let connection: Int
    let commands: SocketCommandQueue
    /// True if the client can take a chunked body (HTTP/1.1).
    package let takesChunks: Bool
    /// True if the connection serves further requests after this one.
    package let keepsAlive: Bool
    /// The request is a HEAD: the response has the head of a GET's, and no body.
    let omitsBody: Bool

    /// Hands bytes to the connection; returns once the operating system has taken all of them.
    package func send(_ bytes: Data) async throws {
        guard !bytes.isEmpty else { return }
        try await withCheckedThrowingContinuation { continuation in
            commands.post(.send(connection, bytes, continuation))
        }
    }

    /// Sends a whole response. Not for use after another part of a response was sent.
    package func send(_ response: HTTPResponse) async throws {
        try await send(response.encoded(keepsAlive: keepsAlive, omitsBody: omitsBody))
        if !keepsAlive { close() }
    }

    /// Ends the connection once what was sent before has gone out, or at once and with a reset where `abruptly`.
    package func close(abruptly: Bool = false) {
        commands.post(.close(connection, abruptly: abruptly))
    }
}

/// A server of requests. One task for each request calls `handle`; the connection's next request waits for its return.
package protocol RequestHandler: Sendable {
    /// Answers a request over `exchange`. When the client goes away the calling task is cancelled.
    func handle(_ request: ServerRequest, on exchange: ServerExchange) async
    /// Why a request is refused, told from its head while its body, still empty here, is on the way; nil where the body is to be read.
    /// A request that is refused here ends its connection; one that came whole is `handle`'s to refuse.
    func refusal(of head: ServerRequest) -> HTTPResponse?
    /// The response to bytes that are not a request that can be served.
    func response(to problem: HTTPProblem) -> HTTPResponse
}

extension RequestHandler {
    /// Refuses nothing.
    package func refusal(of head: ServerRequest) -> HTTPResponse? { nil }
}
