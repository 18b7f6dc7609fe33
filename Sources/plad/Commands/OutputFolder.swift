import Foundation
import PladRecords

/// A folder for a student to be written to.
enum OutputFolder {
    /// Checks, before work starts, that the folder does not exist and can be created: an existing one is never replaced.
    ///
    /// Throws `UsageError` if it exists, `RecordError.unwritable` if it cannot be created.
    static func check(_ folder: URL) throws {
        let contents = try? FileManager.default.contentsOfDirectory(atPath: folder.path)
        let stands = contents.map { !$0.isEmpty } ?? ((try? FileManager.default.attributesOfItem(atPath: folder.path)) != nil)
        guard !stands else {
            throw UsageError("\(folder.path) is there already and would be lost; give a new folder, or remove it first")
        }
        let probe = folder.deletingLastPathComponent().appendingPathComponent(".\(folder.lastPathComponent).partial")
        try Files.makeFolder(probe)
        try? FileManager.default.removeItem(at: probe)
    }
}
