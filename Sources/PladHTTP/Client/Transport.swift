package import Foundation

/// Sends HTTP requests, one attempt each: `HTTPClient`, or a script in tests.
package protocol Transport: Sendable {
    /// The response, whatever its status. Throws `TransportFault`, and `CancellationError` if the task is cancelled first; the request
    /// is then no longer on the wire.
    func send(_ request: HTTPRequest) async throws -> Response
}

/// A POST request of JSON, or a GET request if there is no body.
package struct HTTPRequest: Sendable {
    package var url: String
    package var headers: [HTTPHeader]
    package var body: Data?
    /// Longest time without data, for a response that arrives bit by bit, such as server-sent events or a large file: its total time is
    /// then not limited, and a timeout is detected within a few seconds. Nil applies the transport's own limits to the whole response.
    ///
    /// A connection that ends before the response is a fault, as without this. If the response has neither length nor chunks
    /// (HTTP/1.0), its end cannot be distinguished from a cut: readers of a stream must check for the stream's own end.
    package var idleTimeout: Duration?
    /// Longest total time of such a response; nil for no limit.
    package var totalTimeout: Duration?
    /// True if the response is a stream of events or lines: only those with text, thinking, a call, the end or an error then count as
    /// data (`UsefulLines`).
    package var isEventStream = false
    /// Number of completions that a stream of events is asked for.
    package var choices = 1
    /// Receiver of the body of a response with status 200 or 206; the bodies of others are in the response.
    package var receiver: (any BodyReceiver)?
    /// Largest size of the body in bytes, decompressed, if that is less than the transport's own.
    package var bodyBytes: Int?
    /// True to accept compression; false if the bytes must be those of the stored file, as for a range of it.
    package var acceptsCompression = true

    package init(url: String, headers: [HTTPHeader] = [], body: Data? = nil) {
        self.url = url
        self.headers = headers
        self.body = body
    }
}

/// Receives a body of any size as it arrives. Called on the transport's thread, which waits for it.
package protocol BodyReceiver: Sendable {
    /// Called before the first bytes; false ends the transfer with a fault.
    func begin(status: Int, headers: ResponseHeaders) -> Bool
    /// Receives the next bytes; false ends the transfer.
    func receive(_ bytes: UnsafeRawBufferPointer) -> Bool
}

/// A header to send. A secret one prints only its name.
package struct HTTPHeader: Sendable, CustomStringConvertible, CustomReflectable {
    package let name: String
    package let value: String
    /// Secret parts of the value; empty for a public header.
    package let secrets: [String]

    package init(_ name: String, _ value: String, secrets: [String] = []) {
        self.name = name
        self.value = value
        self.secrets = secrets
    }

    package var isSecret: Bool { !secrets.isEmpty }

    /// The text with every occurrence of a secret replaced (`Redaction`), since some endpoints repeat it in their responses.
    ///
    /// - Parameter isError: true if the text is an error message, false if it is a completion to keep exactly.
    package func redacting(_ data: Data, isError: Bool) -> Data {
        secrets.reduce(data) { Redaction(of: $1, isError: isError)?.applied(to: $0) ?? $0 }
    }

    /// True if a completion's text holds a secret. It may where its response held none: in two parts of it.
    package func stands(in text: String) -> Bool {
        let data = Data(text.utf8)
        return redacting(data, isError: false) != data
    }

    package var description: String { isSecret ? "\(name): <key>" : "\(name): \(value)" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
