package import Foundation

/// Sends requests over the wire, one attempt each: `HTTPClient`, or a script in tests.
package protocol Transport: Sendable {
    /// The response with whatever status it has. Throws `TransportFault`, and `CancellationError` when the task is
    /// cancelled first; the request is then no longer on the wire.
    func send(_ request: HTTPRequest) async throws -> Response
}

/// One POST of JSON, or one GET where there is no body.
package struct HTTPRequest: Sendable {
    package var url: String
    package var headers: [HTTPHeader]
    package var body: Data?
    /// For a response that comes bit by bit, such as server-sent events or a large file: it may take as long as it likes, but
    /// is a timeout once nothing at all has come for this long, told within a few seconds. Nil: the transport's own limits on the whole.
    ///
    /// A connection that ends before the response does is a fault as ever. Where the response has neither length nor chunks
    /// (HTTP/1.0) its end cannot be told from a cut: readers of a stream must look for the stream's own last word.
    package var idleTimeout: Duration?
    /// The most that such a response may take in all; nil for no limit.
    package var totalTimeout: Duration?
    /// True if the response is a stream of events or lines: then blank lines, comments and pings, which servers send to keep a
    /// connection, do not count as something that has come.
    package var isEventStream = false
    /// Takes the body of a response under status 200 or 206; others come in the response, as without it.
    package var receiver: (any BodyReceiver)?
    /// Off where the bytes must be those that the server keeps, as with a range of a file.
    package var acceptsCompression = true

    package init(url: String, headers: [HTTPHeader] = [], body: Data? = nil) {
        self.url = url
        self.headers = headers
        self.body = body
    }
}

/// Takes a body as it arrives, however large. Called on the transport's thread, which waits for it.
package protocol BodyReceiver: Sendable {
    /// Before the first bytes; false ends the transfer, which is then a fault.
    func begin(status: Int, headers: ResponseHeaders) -> Bool
    /// The next bytes; false ends the transfer.
    func receive(_ bytes: UnsafeRawBufferPointer) -> Bool
}

/// A header to send. A secret one prints its name only.
package struct HTTPHeader: Sendable, CustomStringConvertible, CustomReflectable {
    package let name: String
    package let value: String
    /// The parts of the value that nobody may see; empty for an open header.
    package let secrets: [String]

    package init(_ name: String, _ value: String, secrets: [String] = []) {
        self.name = name
        self.value = value
        self.secrets = secrets
    }

    package var isSecret: Bool { !secrets.isEmpty }

    /// The text with every occurrence of a secret replaced, as `Redaction` finds them: some endpoints echo it in what they answer.
    ///
    /// - Parameter isError: whether the text is an error's, and not an answer that is to be kept to the letter.
    package func redacting(_ data: Data, isError: Bool) -> Data {
        secrets.reduce(data) { Redaction(of: $1, isError: isError)?.applied(to: $0) ?? $0 }
    }

    package var description: String { isSecret ? "\(name): <key>" : "\(name): \(value)" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
