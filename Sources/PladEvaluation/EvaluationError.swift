package import PladRecords

/// An error of this module: invalid measurements or a failed quality.
package struct EvaluationError: Failure {
    package enum Code: Sendable {
        /// A student's log-probability or score is NaN or infinite.
        case notFinite
        /// The students were not measured on the same prompts.
        case unpaired
        /// A judge, a command or another program returned no quality.
        case quality
    }

    package let code: Code
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var exitStatus: ExitStatus {
        switch code {
        case .notFinite: .badData
        case .unpaired: .bug
        case .quality: .unavailable
        }
    }
}
