import PladDistill
import PladRecords

/// The error for an invalid command line.
struct UsageError: Failure {
    let message: String
    var exitStatus: ExitStatus { .usage }

    init(_ message: String) { self.message = message }
}

/// Number of processor threads by --threads; by default all.
func threadCount(_ given: Int?) throws -> Int {
    var settings = StudentSettings()
    settings.threads = given
    return try settings.threadCount
}

extension Optional where Wrapped == String {
    /// The value of a required flag.
    func given(_ flag: String, _ what: String) throws -> String {
        guard let self, !self.isEmpty else { throw UsageError("--\(flag) is missing: give \(what)") }
        return self
    }
}
