/// What kind of trouble ended a command, as the process's exit status (BSD `sysexits.h` and shell convention).
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

/// An error of this module: a record, file or setting that cannot be read or written.
package struct RecordError: Failure {
    package enum Code: Sendable {
        /// The file is missing or cannot be opened.
        case unreadable
        /// A line or document is not what its place asks for.
        case malformed
        /// The file cannot be written; the disk may be full.
        case unwritable
    }

    package let code: Code
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var exitStatus: ExitStatus { code == .unwritable ? .tryAgain : .badData }
}
