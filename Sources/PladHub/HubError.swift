package import PladRecords

/// An error of this module: a model cannot be fetched from the Hub.
package typealias HubError = CodedError<HubErrorCode>

package enum HubErrorCode: ErrorCode {
    /// The name or revision cannot be one of the Hub's.
    case name
    /// No connection, or no answer after all attempts.
    case unreachable
    /// The model is private or gated, or the token is wrong.
    case refused
    /// No such model or revision.
    case unknown
    /// The model has no files that plad reads.
    case unsuitable
    /// What came is not what the Hub announced.
    case mismatch
    /// Another process fetches the same file.
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
