import Foundation
import PladRecords

/// A file of records that grows as work goes on, beside the place where it belongs once it is whole.
///
/// A process that takes over reads the whole lines that it finds and goes on from there; `finish` puts the file in its
/// place.
struct RecordFile<Record: Codable> {
    private let place: URL
    private let partial: URL
    private let file: GrowingFile
    private(set) var records: [Record]

    /// Throws `RecordError` where the file that was left cannot be read or a new one cannot be written.
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

    /// Puts the file in its place.
    func finish() throws {
        guard rename(partial.path, place.path) == 0 else {
            throw RecordError(.unwritable, "cannot write \(place.path): \(String(cString: strerror(errno)))")
        }
    }
}
