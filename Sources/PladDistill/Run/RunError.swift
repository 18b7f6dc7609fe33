package import PladRecords

/// An error of this module: a run that cannot be started, continued or compared.
public struct RunError: Error, Sendable, Equatable, CustomStringConvertible {
    public enum Code: Sendable, Equatable {
        /// The command does not fit the run, or there is no run.
        case usage
        /// A stage was requested before one that it needs: `stage` of the run in `folder` comes first.
        case incomplete(stage: String, folder: String)
        /// Another process works on the run.
        case busy
    }

    public let code: Code
    public let problem: String

    package init(_ code: Code, _ problem: String) {
        self.code = code
        self.problem = problem
    }

    public var description: String { message }

    /// The stage that must come first and the run's folder, if that is the error.
    package var missingStage: (stage: String, folder: String)? {
        if case .incomplete(let stage, let folder) = code { (stage, folder) } else { nil }
    }
}

extension RunError: Failure {
    package var message: String {
        if case .incomplete(let stage, _) = code { "\(problem): its stage \(stage) comes first" } else { problem }
    }

    package var exitStatus: ExitStatus { code == .busy ? .tryAgain : .usage }
}
