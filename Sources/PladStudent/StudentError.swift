package import PladRecords

/// An error of the local model: its files, its settings, or what it is asked to do.
package struct StudentError: Failure {
    package enum Code: Sendable {
        /// A file of the student is missing, unreadable, cannot be written, or is not laid out as its format asks.
        case files
        /// A tensor is missing, or its type, shape or bytes are not what the configuration asks for.
        case tensors
        /// `config.json` or `generation_config.json` asks for something that is wrong or that plad does not know.
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
