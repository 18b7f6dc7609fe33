package import Foundation
import GRDB
import PladRecords

extension AnswerCache {
    /// Counts of an import, by what it did with the lines of a recording.
    package struct Imported: Sendable, Equatable, Codable {
        /// Rows that are new.
        package var added = 0
        /// Lines whose row was there already, the same to the byte of the response.
        package var present = 0
        /// Lines whose key was there already with another response, which stays.
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

    /// Writes every row as a line of JSON, sorted by teacher, request and sample, so that the same rows always give
    /// the same file and a changed prompt changes its own lines only. Returns the number of lines.
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

    /// Puts the lines of a recording in, all or none. Rows that are there stay as they are.
    ///
    /// Throws `RecordError.malformed` that names the file, the line and what is wrong with it.
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

    /// Puts the rows of another cache in, and what they cost on the account: all or none. Rows that are there stay as they are.
    /// Money set aside in the other for requests under way, and its open batches, stay with it.
    @discardableResult
    package func merge(_ other: AnswerCache) throws -> Imported {
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
            throw RecordError(.malformed, "\(place): \(error.message); mend or remove the line")
        }
    }
}
