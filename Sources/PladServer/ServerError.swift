package import PladRecords

/// An error of serving: what keeps an endpoint from starting, or its model from answering.
package struct ServerError: Failure {
    package enum Code: Sendable {
        /// The address cannot be listened on.
        case address
        /// The access token is missing, empty, or kept in a file that others may read.
        case token
        /// The script of a mock teacher is wrong.
        case script
        /// The client is gone, or the server is shutting down.
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
        case .address: .unavailable
        case .token: .usage
        case .script: .badData
        case .gone: .tryAgain
        }
    }
}
