package import Foundation
import GRDB
import PladHTTP
package import PladRecords
package import PladTeacher

/// A row of the cache: one request, one response.
package struct StoredCompletion: Sendable, Equatable {
    package var key: Digest
    /// Shared by requests that differ in nothing but the limit on tokens.
    package var family: Digest
    package var dialect: String
    package var teacher: String
    package var path: String
    /// The body's canonical spelling.
    package var request: String
    package var sample: Int
    package var tokenLimit: Int?
    package var status: Int
    /// The body of the response, byte by byte, so that a better parser can reread it.
    package var response: Data
    /// Which of the response's answers it is, where several samples were asked for at once.
    package var choice = 0
    package var finishReason: FinishReason
    package var usage: Usage?
    /// The model's name as the provider returned it.
    package var model: String?
    /// Times that the request went over the wire for this completion.
    package var attempts: Int
    /// When the attempt that brought it began, milliseconds since 1970; nil in a recording without times.
    package var askedAt: Int64?
    /// From there to the first and to the last byte, milliseconds.
    package var firstByte: Double?
    package var total: Double?

    /// The row for a reply.
    package init(_ request: TeacherRequest, _ reply: Reply) {
        let response = reply.response
        self.init(
            request, status: response.status, response: response.body, finishReason: reply.completion.finishReason,
            usage: reply.completion.usage, model: reply.completion.model, attempts: response.attempts)
        askedAt = Int64((response.times.started.timeIntervalSince1970 * 1000).rounded())
        firstByte = response.times.firstByte.milliseconds
        total = response.times.total.milliseconds
        choice = reply.choice
    }

    package init(
        _ request: TeacherRequest, status: Int, response: Data, finishReason: FinishReason, usage: Usage?, model: String?, attempts: Int
    ) {
        key = AnswerKey.digest(of: request)
        (family, tokenLimit) = AnswerKey.family(of: request)
        dialect = request.dialect
        teacher = request.teacher
        path = request.path
        self.request = request.bodyText
        sample = request.sample
        self.status = status
        self.response = response
        self.finishReason = finishReason
        self.usage = usage
        self.model = model
        self.attempts = attempts
    }
}

extension Duration {
    /// Milliseconds with three digits: finer is noise.
    var milliseconds: Double {
        let (seconds, attoseconds) = components
        return (Double(seconds) * 1e6 + Double(attoseconds) / 1e12).rounded() / 1e3
    }
}
