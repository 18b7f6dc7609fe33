package import PladRecords

/// An error of this module: what keeps an endpoint from starting, or its model from answering.
package struct ServerError: Failure {
    package enum Code: Sendable {
        /// The access token is missing, empty, or kept in a file that others may read.
        case token
        /// An origin that browsers may ask from is not written as one.
        case origin
    }

    package let code: Code
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var exitStatus: ExitStatus { .usage }
}
