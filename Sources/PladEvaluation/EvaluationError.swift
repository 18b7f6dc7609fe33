package import PladRecords

/// An error of this module: invalid measurements or a failed quality.
package typealias EvaluationError = CodedError<EvaluationErrorCode>

package enum EvaluationErrorCode: ErrorCode {
    /// A student's log-probability or score is NaN or infinite.
    case notFinite
    /// The students were not measured on the same prompts.
    case unpaired
    /// A judge, a command or another program returned no quality.
    case quality

    package var exitStatus: ExitStatus {
        switch self {
        case .notFinite: .badData
        case .unpaired: .bug
        case .quality: .unavailable
        }
    }
}
