import Foundation
import GRDB
package import PladRecords
package import PladTeacher
import Synchronization

extension AnswerCache {
    /// The recorded request that is most like this one, and where they first differ; nil for an empty cache.
    ///
    /// Looks among the requests of the same family first, then among the newest 20,000.
    package func nearest(to request: TeacherRequest) throws -> (key: Digest, difference: RequestDifference)? {
        let family = AnswerKey.family(of: request).digest
        let asked = Self.document(
            dialect: request.dialect, teacher: request.teacher, path: request.path, body: request.body, sample: request.sample)
        return try read { db in
            let columns = "SELECT key, dialect, teacher, path, request, sample FROM answer"
            let kin = try Self.mostLike(asked, try Row.fetchCursor(db, sql: "\(columns) WHERE family = ?", arguments: [Data(family.bytes)]))
            let found = try kin ?? Self.mostLike(asked, try Row.fetchCursor(db, sql: "\(columns) ORDER BY id DESC LIMIT 20000"))
            guard let found, let difference = RequestDifference(recorded: found.document, asked: asked) else { return nil }
            return (found.key, difference)
        }
    }

    /// The error for a request that replay does not find.
    /// - Parameter nameSetting: what it calls the setting that names the teacher.
    func notRecorded(_ request: TeacherRequest, nameSetting: String) throws -> CacheError {
        let way = "record it by the same command without `teacher.replay`"
        // Looking for what is nearest takes as long as thousands of answers: a run that goes on without them all need not hear it of each.
        guard explained.add(1, ordering: .relaxed).newValue <= 10 else {
            return CacheError(.notRecorded, "\(file.path) holds no answer to this request; \(way)")
        }
        guard let (key, difference) = try nearest(to: request) else {
            return CacheError(.notRecorded, "the recording \(file.path) holds no answers; \(way)")
        }
        let hint = difference.field == "teacher" ? "give `\(nameSetting)` \(difference.recorded ?? ""), or \(way)" : way
        return CacheError(
            .notRecorded, "\(file.path) holds no answer to this request; the nearest, \(key.short), differs in \(difference); \(hint)")
    }

    private static func mostLike(_ asked: JSONValue, _ rows: RowCursor) throws -> (key: Digest, document: JSONValue)? {
        var best: (key: Digest, document: JSONValue)?
        var bestLikeness = -1.0
        let fields = RequestDifference.fields(of: asked)
        while let row = try rows.next() {
            guard let key = Digest(bytes: row[0] as Data), let body = try? JSONValue(parsing: Data((row[4] as String).utf8)) else {
                continue
            }
            let document = document(dialect: row[1], teacher: row[2], path: row[3], body: body, sample: row[5])
            let likeness = RequestDifference.likeness(fields, document)
            if likeness > bestLikeness {
                bestLikeness = likeness
                best = (key, document)
            }
        }
        return best
    }

    private static func document(dialect: String, teacher: String, path: String, body: JSONValue, sample: Int) -> JSONValue {
        [
            "dialect": .string(dialect), "teacher": .string(teacher), "path": .string(path), "body": body,
            "sample": .int(Int64(sample)),
        ]
    }
}
