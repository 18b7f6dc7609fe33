package import Foundation
import GRDB
import PladRecords

extension CompletionCache {
    /// The numbers of lines of a recording by the outcome of their import.
    package struct Imported: Sendable, Equatable, Codable {
        /// Number of new rows.
        package var added = 0
        /// Number of lines whose row existed with the same response, to the byte.
        package var present = 0
        /// Number of lines whose key existed with another response, which is kept.
        package var different = 0

        package init(added: Int = 0, present: Int = 0, different: Int = 0) {
            self.added = added
            self.present = present
            self.different = different
        }

        mutating func take(_ answer: StoredCompletion, _ db: Database) throws {
            if try answer.insert(db, replacing: false) {
                added += 1
            } else if try StoredCompletion.fetch(db, key: answer.key)?.response == answer.response {
                present += 1
            } else {
                different += 1
            }
        }
    }

    /// Writes every row as a line of JSON, sorted by teacher, request and sample, so that the same rows give the same file and a
    /// changed prompt changes only its own lines. Returns the number of lines.
    @discardableResult
    package func exportRecording(to file: URL, withTimes: Bool = true) throws -> Int {
        try read { db in
            var count = 0
            try Files.replace(file) { handle in
                // Binary order of the columns that decide the key: no two rows are equal in all of them.
                let rows = try Row.fetchCursor(
                    db, sql: "SELECT \(StoredCompletion.columns) FROM answer ORDER BY teacher, dialect, path, request, sample")
                var buffer = Data()
                while let row = try rows.next() {
                    buffer.append(contentsOf: try StoredCompletion(row).recording(withTimes: withTimes).canonical.utf8)
                    buffer.append(UInt8(ascii: "\n"))
                    count += 1
                    if buffer.count > 1 << 20 {
                        try handle.write(contentsOf: buffer)
                        buffer.removeAll(keepingCapacity: true)
                    }
                }
                try handle.write(contentsOf: buffer)
            }
            return count
        }
    }

    /// Inserts the lines of a recording, all or none. Existing rows are kept.
    ///
    /// Throws `RecordError.malformed` with the file, the line and the reason.
    @discardableResult
    package func importRecording(_ file: URL) throws -> Imported {
        let data = try Data(reading: file)
        return try CacheError.telling(of: self.file) {
            try database.write { db in
                var imported = Imported()
                for (number, line) in JSONLines.lines(of: data) {
                    try imported.take(Self.parse(line, place: "\(file.path):\(number)"), db)
                }
                return imported
            }
        }
    }

    /// Inserts the rows and the account of another cache, all or none. Existing rows are kept. The other's reservations for requests
    /// under way and its open batches are not merged.
    @discardableResult
    package func merge(_ other: CompletionCache) throws -> Imported {
        try other.read { theirs in
            try CacheError.telling(of: file) {
                try database.write { db in
                    var imported = Imported()
                    let rows = try Row.fetchCursor(theirs, sql: "SELECT \(StoredCompletion.columns) FROM answer ORDER BY id")
                    while let row = try rows.next() { try imported.take(StoredCompletion(row), db) }
                    try AccountEntry.merge(AccountEntry.all(theirs), db)
                    try RunStart.insert(RunStart.all(theirs), db)
                    return imported
                }
            }
        }
    }

    private static func parse(_ line: Data, place: String) throws -> StoredCompletion {
        do {
            return try StoredCompletion(recording: JSONValue(parsing: line))
        } catch let error as any Failure {
            throw RecordError(.malformed, "\(place): \(error.message); correct or remove the line")
        }
    }
}
