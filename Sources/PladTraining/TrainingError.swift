package import PladRecords

/// An error of training: invalid settings or pairs, numbers that are not finite, or a collapse.
package typealias TrainingError = CodedError<TrainingErrorCode>

package enum TrainingErrorCode: ErrorCode {
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
    /// A file of a teacher's distributions is damaged or of another teacher, or lacks a text.
    case knowledge
    /// A checkpoint belongs to another run or is damaged.
    case foreignCheckpoint

    package var exitStatus: ExitStatus { self == .setting ? .usage : self == .memory ? .tryAgain : .badData }
}
