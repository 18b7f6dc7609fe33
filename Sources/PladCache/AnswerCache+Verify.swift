import Foundation
import GRDB
import PladHTTP
import PladRecords
import PladTeacher

extension AnswerCache {
    /// What a check of the whole file found.
    package struct Verification: Sendable, Equatable, Codable {
        package var answers: Int
        /// One line for each thing that is wrong.
        package var problems: [String]
    }

    /// Rehashes every row's request and response, rereads every response, and lets SQLite check the file's structure.
    package func verify() throws -> Verification {
        try read { db in
            var problems = try String.fetchAll(db, sql: "PRAGMA integrity_check").filter { $0 != "ok" }.map { "SQLite: \($0)" }
            var count = 0
            let rows = try Row.fetchCursor(db, sql: "SELECT \(StoredAnswer.columns), response_digest, id FROM answer ORDER BY id")
            while let row = try rows.next() {
                count += 1
                let id: Int = row["id"]
                do {
                    problems += try Self.problems(StoredAnswer(row), responseDigest: row["response_digest"]).map { "row \(id): \($0)" }
                } catch let error as any Failure {
                    problems.append("row \(id): \(error.message)")
                }
            }
            return Verification(answers: count, problems: problems)
        }
    }

    static func problems(_ answer: StoredAnswer, responseDigest: Data) throws -> [String] {
        guard let body = try? JSONValue(parsing: Data(answer.request.utf8)) else { return ["its request is not JSON"] }
        let request = TeacherRequest(
            dialect: answer.dialect, teacher: answer.teacher, path: answer.path, body: body, sample: answer.sample)
        var problems: [String] = []
        if request.bodyText != answer.request { problems.append("its request is not in canonical spelling") }
        if AnswerKey.digest(of: request) != answer.key { problems.append("its key \(answer.key.short) is not the digest of its request") }
        let family = AnswerKey.family(of: request)
        if family.digest != answer.family || family.tokenLimit != answer.tokenLimit {
            problems.append("its family or token limit is not its request's")
        }
        if Digest(of: answer.response) != Digest(bytes: responseDigest) { problems.append("its response is not what was recorded") }
        switch Dialects.named(answer.dialect)?.read(status: answer.status, body: answer.response, choice: answer.choice) {
        case nil, .completion: break
        case .fault(let fault): problems.append("its response is an error: HTTP \(fault.status): \(fault.message)")
        case .unreadable(let reason): problems.append("its response is none of \(answer.dialect): \(reason)")
        }
        return problems
    }
}
