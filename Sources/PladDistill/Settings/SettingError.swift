package import PladRecords

/// A setting that cannot be carried out.
public struct SettingError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The setting by its place in `DistillSettings`, as `run.json` spells it: `ranking.margin`.
    public let path: String
    /// The problem, and the way out; begins with the value where there is one.
    public let problem: String

    public init(path: String, problem: String) {
        self.path = path
        self.problem = problem
    }

    public var description: String { message }
}

extension SettingError: Failure {
    /// The setting in backquotes, then the problem. Other settings that the problem names stand in backquotes too.
    package var message: String { "`\(path)`\(problem.hasPrefix(":") ? "" : " ")\(problem)" }
    package var exitStatus: ExitStatus { .usage }
}

extension Optional where Wrapped == String {
    /// The value of a setting that must be given. Throws `SettingError` that says what it is.
    package func required(_ path: String, _ what: String) throws -> String {
        guard let self, !self.isEmpty else { throw SettingError(path: path, problem: "is missing: give \(what)") }
        return self
    }
}
