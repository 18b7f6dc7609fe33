package import PladRecords

/// The error for an invalid setting.
public struct SettingError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Path of the setting in `DistillSettings`, as in `run.json`: `ranking.margin`.
    public let path: String
    /// Problem and the way out; starts with the value if there is one.
    public let problem: String

    public init(path: String, problem: String) {
        self.path = path
        self.problem = problem
    }

    public var description: String { message }
}

extension SettingError: Failure {
    /// Setting in backquotes, then the problem. Other settings in the problem are in backquotes too.
    package var message: String { "`\(path)`\(problem.hasPrefix(":") ? "" : " ")\(problem)" }
    package var exitStatus: ExitStatus { .usage }
}

extension Optional where Wrapped == String {
    /// The value of a required setting. Throws `SettingError` with its description.
    package func required(_ path: String, _ what: String) throws -> String {
        guard let self, !self.isEmpty else { throw SettingError(path: path, problem: "is missing: give \(what)") }
        return self
    }
}
