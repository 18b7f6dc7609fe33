package import PladRecords

/// An error of this module: a client or server that cannot be set up as configured.
package typealias HTTPError = CodedError<HTTPErrorCode>

package enum HTTPErrorCode: ErrorCode {
    /// A header is invalid, or must not be written in its place.
    case malformedHeader
    /// A secret cannot be read, or cannot be sent in a header.
    case unusableSecret
    /// The address cannot be bound.
    case address
    /// The client has closed the connection, or the server is shutting down.
    case gone

    package var exitStatus: ExitStatus {
        switch self {
        case .malformedHeader, .unusableSecret: .usage
        case .address: .unavailable
        case .gone: .tryAgain
        }
    }
}
