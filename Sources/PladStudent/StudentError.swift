package import PladRecords

/// An error of the local model: in its files, its settings, or a request.
package typealias StudentError = CodedError<StudentErrorCode>

package enum StudentErrorCode: ErrorCode {
    /// A file of the student is missing, unreadable or malformed, or cannot be written.
    case files
    /// A tensor is missing, or its type, shape or bytes differ from what the configuration requires.
    case tensors
    /// A value of `config.json` or `generation_config.json` is wrong or not implemented in plad.
    case config
    /// The student's weights do not fit into the machine's memory.
    case memory
    /// A sampling parameter is out of range.
    case setting
    /// Token ids do not fit the student: outside its vocabulary, or too many for its context.
    case context

    package var exitStatus: ExitStatus {
        switch self {
        case .setting: .usage
        case .memory: .tryAgain
        default: .badData
        }
    }
}
