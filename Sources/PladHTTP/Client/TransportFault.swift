/// Why an attempt brought no whole response.
package struct TransportFault: Error, Sendable, Hashable, CustomStringConvertible {
    package enum Kind: String, Sendable {
        /// The host's name has no address.
        case unresolved
        /// No connection: refused, unroutable, or not made in time.
        case unconnected
        /// The server's certificate does not prove its name.
        case untrusted
        /// The response was not whole in time, or its bytes came too slowly.
        case timeout
        /// The connection broke before the response was whole.
        case cut
        /// The body passed the limit; the rest was not read.
        case tooLarge
        /// The client was shut down, or its thread failed.
        case stopped
        /// Anything else curl reports.
        case other
    }

    package let kind: Kind
    /// The cause in curl's or plad's words.
    package let reason: String

    package init(_ kind: Kind, _ reason: String) {
        self.kind = kind
        self.reason = reason
    }

    package var description: String { reason }
}
