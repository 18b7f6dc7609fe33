package import PladRecords

/// An error of this module: a client or server that cannot be set up as it is asked to be.
package typealias HTTPError = CodedError<HTTPErrorCode>

package enum HTTPErrorCode: ErrorCode {
    /// A header that cannot be sent, or should not be written where it is.
    case malformedHeader
    /// A secret that cannot be read, or cannot be sent in a header.
    case unusableSecret
    /// The address cannot be listened on.
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
