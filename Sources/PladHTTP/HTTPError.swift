package import PladRecords

/// An error of this module: a client or server that cannot be set up as it is asked to be.
package struct HTTPError: Failure {
    package enum Code: Sendable {
        /// A header that cannot be sent, or should not be written where it is.
        case malformedHeader
        /// A secret that cannot be read, or cannot be sent in a header.
        case unusableSecret
        /// The address cannot be listened on.
        case address
        /// The client has closed the connection, or the server is shutting down.
        case gone
    }

    package let code: Code
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var exitStatus: ExitStatus {
        switch code {
        case .malformedHeader, .unusableSecret: .usage
        case .address: .unavailable
        case .gone: .tryAgain
        }
    }
}
