/// The exit status of a command by kind of failure (BSD `sysexits.h` and shell convention).
package enum ExitStatus: Int32, Sendable {
    /// The command line is wrong.
    case usage = 64
    /// A file, record or model is damaged or does not fit.
    case badData = 65
    /// The teacher cannot be reached or refuses to serve.
    case unavailable = 69
    /// An invariant of plad is violated.
    case bug = 70
    /// A temporary condition (a full disk, a lock): the same command may succeed later.
    case tryAgain = 75
    /// The user stopped the command; its progress is saved.
    case interrupted = 130
}

/// An error for a person to read; the error type of every module conforms.
///
/// `message` is one line that names the thing at fault, the place, and the way out.
package protocol Failure: Error, CustomStringConvertible, Sendable {
    var message: String { get }
    var exitStatus: ExitStatus { get }
}

extension Failure {
    package var description: String { message }
}

/// The error type that all rooms share: a kind, a message of one line, and the last error of several attempts.
package struct CodedError<Kind: ErrorCode>: Failure {
    package typealias Code = Kind

    package let code: Code
    package let message: String
    /// Last error of the attempts that this one sums up; nil otherwise.
    package let cause: (any Error)?

    package init(_ code: Code, _ message: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }

    package var exitStatus: ExitStatus { code.exitStatus }
}

/// The kinds of a room's errors, each with the exit status of a command that it ends.
package protocol ErrorCode: Sendable, Hashable {
    var exitStatus: ExitStatus { get }
}

/// An error of this module: a record, file or setting that cannot be read or written.
package typealias RecordError = CodedError<RecordErrorCode>

package enum RecordErrorCode: ErrorCode {
    /// The file is missing or cannot be opened.
    case unreadable
    /// A line or document does not have the required form.
    case malformed
    /// The file cannot be written; the disk may be full.
    case unwritable

    package var exitStatus: ExitStatus { self == .unwritable ? .tryAgain : .badData }
}
