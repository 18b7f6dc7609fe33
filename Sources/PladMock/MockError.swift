package import PladRecords

/// An error of this module: a script that cannot be played, and why.
package struct MockError: Failure {
    package enum Code: Sendable {
        /// The script of a mock teacher is wrong.
        case script
    }

    package let code: Code
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var exitStatus: ExitStatus { .badData }
}
