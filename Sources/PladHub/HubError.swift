package import PladRecords

/// An error of this module: a model cannot be fetched from the Hub.
package typealias HubError = CodedError<HubErrorCode>

package enum HubErrorCode: ErrorCode {
    /// The name or revision is not valid on the Hub.
    case name
    /// There is no connection, or no response after all attempts.
    case unreachable
    /// The model is private or gated, or the token is wrong.
    case refused
    /// The model or revision does not exist.
    case unknown
    /// The model has no files that plad reads.
    case unsuitable
    /// The content received differs from the Hub's size or digest.
    case mismatch
    /// Another process is fetching the same file.
    case busy
    /// The cache cannot be written; the disk may be full.
    case unwritable

    package var exitStatus: ExitStatus {
        switch self {
        case .name: .usage
        case .unreachable, .refused, .unknown: .unavailable
        case .unsuitable, .mismatch: .badData
        case .busy, .unwritable: .tryAgain
        }
    }
}
