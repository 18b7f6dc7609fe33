import Foundation
import PladRecords

/// A folder that a student is to be written to.
enum OutputFolder {
    /// Makes sure, before work begins, that the folder is new and can be written: nothing that stands there is ever replaced.
    ///
    /// Throws `UsageError` where something stands there, `RecordError.unwritable` where nothing can be made.
    static func check(_ folder: URL) throws {
        let contents = try? FileManager.default.contentsOfDirectory(atPath: folder.path)
        let stands = contents.map { !$0.isEmpty } ?? ((try? FileManager.default.attributesOfItem(atPath: folder.path)) != nil)
        guard !stands else {
            throw UsageError("--out \(folder.path) is there already and would be lost; give a new folder, or remove it first")
        }
        let probe = folder.deletingLastPathComponent().appendingPathComponent(".\(folder.lastPathComponent).partial")
        try Files.makeFolder(probe)
        try? FileManager.default.removeItem(at: probe)
    }
}
