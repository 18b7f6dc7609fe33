import PladDistill
import PladRecords

/// A command line that cannot be carried out.
struct UsageError: Failure {
    let message: String
    var exitStatus: ExitStatus { .usage }

    init(_ message: String) { self.message = message }
}

/// The processor threads that --threads asks for; by default all.
func threadCount(_ given: Int?) throws -> Int {
    var settings = StudentSettings()
    settings.threads = given
    return try settings.threadCount
}

extension Optional where Wrapped == String {
    /// The value of a flag that must be given.
    func given(_ flag: String, _ what: String) throws -> String {
        guard let self, !self.isEmpty else { throw UsageError("--\(flag) is missing: give \(what)") }
        return self
    }
}
