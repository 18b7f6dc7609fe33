import Foundation
import PladRecords

/// A growing file of records, stored beside its final place until it is complete.
///
/// A later process reads its whole lines and continues; `finish` moves the file to its place.
struct RecordFile<Record: Codable> {
    private let place: URL
    private let partial: URL
    private let file: GrowingFile
    private(set) var records: [Record]

    /// Opens the file. Throws `RecordError` if an incomplete file is unreadable or a new one cannot be written.
    init(_ place: URL) throws {
        self.place = place
        partial = place.deletingLastPathComponent().appendingPathComponent(".\(place.lastPathComponent).growing")
        let kept = try GrowingFile.wholeLines(of: partial)
        records = try JSONLines.parse(Record.self, kept, name: partial.path)
        file = try GrowingFile(partial, keeping: kept)
    }

    mutating func append(_ more: [Record]) throws {
        try file.append(more)
        records += more
    }

    /// Moves the file to its place.
    func finish() throws {
        guard rename(partial.path, place.path) == 0 else {
            throw RecordError(.unwritable, "cannot write \(place.path): \(String(cString: strerror(errno)))")
        }
    }
}
