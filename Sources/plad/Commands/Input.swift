import Foundation
import PladDistill
import PladRecords
import PladStudent

/// Reads the input of a command: a file, or standard input as `-`.
enum Input {
    /// The bytes, and their name in errors. Throws `RecordError.unreadable` if there is nothing to read from.
    static func read(_ path: String) throws -> (data: Data, name: String) {
        guard path == "-" else { return (try Data(reading: URL(fileURLWithPath: path)), path) }
        do {
            return (try FileHandle.standardInput.readToEnd() ?? Data(), "standard input")
        } catch {
            throw RecordError(.unreadable, "cannot read standard input: \(Files.reason(error))")
        }
    }

    /// Throws `RecordError.malformed` for an input without lines, which would give an output without lines, and success.
    static func refuseEmpty(_ lines: some Collection, of name: String, give what: String) throws {
        if lines.isEmpty { throw RecordError(.malformed, "\(name) holds no lines; give \(what)") }
    }

    /// True if the first line starts a JSON object.
    static func isJSON(_ data: Data) -> Bool {
        data.first { $0 != 0x20 && $0 != 0x09 && $0 != 0x0a && $0 != 0x0d } == UInt8(ascii: "{")
    }
}

extension Student {
    /// The student that `--student` names, on `--threads` threads.
    convenience init(location: String?, threads: Int?) throws {
        try self.init(
            at: try StudentLocation.resolve(try location.given("student", "a Hugging Face model folder or org/name")),
            threads: try threadCount(threads))
    }
}
