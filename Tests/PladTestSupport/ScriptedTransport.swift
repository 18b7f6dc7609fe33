import Foundation
package import PladHTTP
import PladRecords

/// A transport that plays results from a list, the last one for ever.
package final class ScriptedTransport: Transport {
    private let script: [Result<Response, TransportFault>]
    private let sent = Locked<[HTTPRequest]>([])

    package init(_ script: Result<Response, TransportFault>...) { self.script = script }
    package init(_ script: [Result<Response, TransportFault>]) { self.script = script }

    package var requests: [HTTPRequest] { sent.withLock { $0 } }

    package func send(_ request: HTTPRequest) async throws -> Response {
        try Task.checkCancellation()
        let number = sent.withLock { sent in
            sent.append(request)
            return sent.count - 1
        }
        return try script[min(number, script.count - 1)].get()
    }
}

extension Result where Success == Response, Failure == TransportFault {
    package static func status(_ status: Int, _ body: String = "{}", headers: String = "") -> Self {
        .success(
            Response(
                status: status, headers: ResponseHeaders(Array(headers.utf8)), body: Data(body.utf8),
                times: Response.Times(started: Date(timeIntervalSince1970: 0), firstByte: .zero, total: .zero)))
    }

    /// A chat completion that says "yes".
    package static var answer: Self { .status(200, chatBody("yes")) }
}
