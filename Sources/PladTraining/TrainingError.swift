package import PladRecords

/// An error of training: invalid settings or pairs, numbers that are not finite, or a collapse.
package struct TrainingError: Failure {
    package enum Code: Sendable {
        /// A setting is out of range or has an unknown value.
        case setting
        /// There is nothing to train on.
        case noPairs
        /// The loss or the gradient is not finite.
        case diverged
        /// The ranking collapsed, and the settings say to stop.
        case collapsed
        /// The training does not fit into the machine's memory.
        case memory
        /// A checkpoint belongs to another run or is damaged.
        case foreignCheckpoint
    }

    package let code: Code
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var exitStatus: ExitStatus { code == .setting ? .usage : code == .memory ? .tryAgain : .badData }
}
