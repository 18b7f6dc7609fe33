import Foundation
import PladDistill
import PladRecords
import PladStudent

/// Reads the input of a command: a file, or standard input as `-`.
enum Input {
    /// The bytes, and their name in errors.
    static func read(_ path: String) throws -> (data: Data, name: String) {
        path == "-"
            ? (try FileHandle.standardInput.readToEnd() ?? Data(), "standard input") : (try Data(reading: URL(fileURLWithPath: path)), path)
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
