package import PladRecords

/// An error of the server: an endpoint that cannot start.
package struct ServerError: Failure {
    package enum Code: Sendable {
        /// The access token is missing or empty, or its file is readable by others.
        case token
        /// An allowed origin is malformed.
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
