package import PladRecords

/// An error of the server: an endpoint that cannot start.
package typealias ServerError = CodedError<ServerErrorCode>

package enum ServerErrorCode: ErrorCode {
    /// The access token is missing or empty, or its file is readable by others.
    case token
    /// An allowed origin is malformed.
    case origin

    package var exitStatus: ExitStatus { .usage }
}
