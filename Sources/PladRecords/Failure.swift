/// The kind of trouble that ended a command, as the process's exit status (BSD `sysexits.h` and shell convention).
package enum ExitStatus: Int32, Sendable {
    /// The command line is wrong.
    case usage = 64
    /// A file, record or model is damaged or does not fit.
    case badData = 65
    /// The teacher cannot be reached or refuses to serve.
    case unavailable = 69
    /// A promise inside plad is broken.
    case bug = 70
    /// Nothing is wrong that the same command, run later, would not get past (a full disk, a lock).
    case tryAgain = 75
    /// The user stopped the command; what was done is saved.
    case interrupted = 130
}

/// An error that a person reads: every module's error struct conforms.
///
/// `message` is one line that names the thing at fault, the place, and the way out.
package protocol Failure: Error, CustomStringConvertible, Sendable {
    var message: String { get }
    var exitStatus: ExitStatus { get }
}

extension Failure {
    package var description: String { message }
}

/// The error of one room, in the shape that all have: its kind, one line of words, and what it sums up.
package struct CodedError<Kind: ErrorCode>: Failure {
    package typealias Code = Kind

    package let code: Code
    package let message: String
    /// The error that was seen last, where this one sums up several attempts.
    package let cause: (any Error)?

    package init(_ code: Code, _ message: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }

    package var exitStatus: ExitStatus { code.exitStatus }
}

/// The kinds of a room's errors, each with the status that a command ends with.
package protocol ErrorCode: Sendable, Hashable {
    var exitStatus: ExitStatus { get }
}

/// An error of this module: a record, file or setting that cannot be read or written.
package typealias RecordError = CodedError<RecordErrorCode>

package enum RecordErrorCode: ErrorCode {
    /// The file is missing or cannot be opened.
    case unreadable
    /// A line or document is not what its place asks for.
    case malformed
    /// The file cannot be written; the disk may be full.
    case unwritable

    package var exitStatus: ExitStatus { self == .unwritable ? .tryAgain : .badData }
}
