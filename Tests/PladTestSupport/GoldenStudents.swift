package import Foundation

/// The students of `Tests/Fixtures/goldens`, each a Hugging Face folder with the numbers that PyTorch computes of it.
package enum GoldenStudents {
    /// `Tests/Fixtures`.
    package static let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Fixtures")

    /// The folders' names, sorted.
    package static let names: [String] = {
        let folder = fixtures.appendingPathComponent("goldens")
        let entries = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        let students = entries.filter { FileManager.default.fileExists(atPath: folder.path + "/\($0)/golden.json") }.sorted()
        precondition(!students.isEmpty, "\(folder.path) holds no golden students")
        return students
    }()

    /// The committed student, or a fresh one in the folder that `PLAD_GOLDENS` names.
    package static func folder(_ name: String) -> URL {
        let fresh = ProcessInfo.processInfo.environment["PLAD_GOLDENS"].map { URL(fileURLWithPath: $0) }
        return (fresh ?? fixtures.appendingPathComponent("goldens")).appendingPathComponent(name)
    }
}
