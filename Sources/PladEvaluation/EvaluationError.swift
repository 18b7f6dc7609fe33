package import PladRecords

/// An error of this module: measurements that cannot be made or summed up.
package struct EvaluationError: Failure {
    package enum Code: Sendable {
        /// A student's log-probability or score is NaN or infinite.
        case notFinite
        /// Students were not measured on the same prompts.
        case unpaired
        /// Quality was asked of somebody who did not give it.
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
