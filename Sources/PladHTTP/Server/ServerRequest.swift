package import Foundation

/// A request as received (RFC 9112), with its whole body.
package struct ServerRequest: Sendable, Equatable {
    package var method: String
    /// Path of the target, percent-decoded, without the query.
    package var path: String
    /// Field values by lower-case name; repeated fields are joined by ", ".
    package var headers: [String: String]
    package var body: Data
    /// Minor version: 1 for HTTP/1.1, 0 for HTTP/1.0.
    package var minorVersion: Int

    package init(method: String, path: String, headers: [String: String] = [:], body: Data = Data(), minorVersion: Int = 1) {
        self.method = method
        self.path = path
        self.headers = headers
        self.body = body
        self.minorVersion = minorVersion
    }

    /// True if the client wants to send more requests over the same connection (RFC 9112 §9.3).
    package var keepsAlive: Bool {
        let tokens = headers["connection", default: ""].lowercased().split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
        return minorVersion >= 1 ? !tokens.contains("close") : tokens.contains("keep-alive")
    }
}

/// The limits beyond which a request is refused.
package struct RequestLimits: Sendable {
    /// Bytes of request line and header fields, with empty lines before them; as many again for a trailer.
    package var headBytes: Int
    package var bodyBytes: Int
    /// Bytes of all bodies being read, over all connections; at least `bodyBytes`.
    package var allBodiesBytes: Int

    package init(headBytes: Int = 64 << 10, bodyBytes: Int = 16 << 20, allBodiesBytes: Int = 256 << 20) {
        self.headBytes = headBytes
        self.bodyBytes = bodyBytes
        self.allBodiesBytes = max(allBodiesBytes, bodyBytes)
    }
}

/// The reason why bytes are not a valid request. The connection cannot be used further.
package struct HTTPProblem: Error, Sendable, Equatable {
    package var status: Int
    package var message: String
    /// Number of seconds after which the client may retry; nil if that is useless.
    package var retrySeconds: Int?

    package init(_ status: Int, _ message: String, retrySeconds: Int? = nil) {
        self.status = status
        self.message = message
        self.retrySeconds = retrySeconds
    }
}
