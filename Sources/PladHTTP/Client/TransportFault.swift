/// The reason why an attempt brought no whole response.
package struct TransportFault: Error, Sendable, Hashable, CustomStringConvertible {
    package enum Kind: String, Sendable {
        /// The host's name could not be resolved.
        case unresolved
        /// No connection was made: refused, unroutable, or too late.
        case unconnected
        /// The server's certificate is not valid for its name.
        case untrusted
        /// The response was not complete in time, or too slow.
        case timeout
        /// The connection broke before the response was complete.
        case cut
        /// The body exceeded the limit; the rest was not read.
        case tooLarge
        /// The client was shut down, or its thread failed.
        case stopped
        /// Any other failure of curl.
        case other
    }

    package let kind: Kind
    /// Cause in curl's or plad's words.
    package let reason: String

    package init(_ kind: Kind, _ reason: String) {
        self.kind = kind
        self.reason = reason
    }

    package var description: String { reason }
}
