package import PladRecords

/// An error of the local model: in its files, its settings, or a request.
package struct StudentError: Failure {
    package enum Code: Sendable {
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
    }

    package let code: Code
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var exitStatus: ExitStatus {
        switch code {
        case .setting: .usage
        case .memory: .tryAgain
        default: .badData
        }
    }
}
