import Foundation
import PladRecords

/// A folder that a student is to be written to, in the place of whatever stands there.
enum OutputFolder {
    /// Throws `UsageError` where something else than a student stands in the folder: it would be lost.
    static func check(_ folder: URL) throws {
        let contents = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        guard contents.isEmpty || contents.contains("config.json") else {
            throw UsageError("--out \(folder.path) holds other things than a student (\(contents.sorted()[0])); give a new folder")
        }
    }
}
