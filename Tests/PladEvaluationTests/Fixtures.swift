import Foundation

/// Files under Tests/Fixtures.
enum Fixtures {
    static func lines(_ path: String) throws -> [Data] {
        let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        return try Data(contentsOf: tests.appending(path: "Fixtures/" + path)).split(separator: UInt8(ascii: "\n")).map { Data($0) }
    }
}
