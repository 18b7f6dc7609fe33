import Foundation
import PladRecords
import Synchronization

/// Where words go: results to standard output, everything else to standard error.
enum Console {
    static let isTerminal = isatty(STDERR_FILENO) == 1

    /// A result, for a person or a program to read.
    static func result(_ text: String) {
        print(text)
    }

    /// One record of a JSON Lines result.
    static func result(line record: some Encodable) throws {
        print(String(decoding: try record.jsonLine(), as: UTF8.self))
    }

    /// What is being done or has gone wrong.
    static func say(_ text: String) {
        FileHandle.standardError.write(Data((text + "\n").utf8))
    }
}
