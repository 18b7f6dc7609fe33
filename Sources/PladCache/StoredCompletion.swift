package import Foundation
import GRDB
import PladHTTP
package import PladRecords
package import PladTeacher

/// A row of the cache: one request, one response.
package struct StoredCompletion: Sendable, Equatable {
    package var key: Digest
    /// Digest shared by requests that differ only in the limit on tokens.
    package var family: Digest
    package var dialect: String
    package var teacher: String
    package var path: String
    /// Body in canonical form.
    package var request: String
    package var sample: Int
    package var tokenLimit: Int?
    package var status: Int
    /// Body of the response, byte by byte, so that a better parser can read it again.
    package var response: Data
    /// Index of the completion in the response, if several samples were requested together.
    package var choice = 0
    package var finishReason: FinishReason
    package var usage: Usage?
    /// Name of the model as the provider returned it.
    package var model: String?
    /// Number of requests sent for this completion.
    package var attempts: Int
    /// Start of the successful attempt in milliseconds since 1970; nil in a recording without times.
    package var askedAt: Int64?
    /// Time from there to the first and to the last byte, in milliseconds.
    package var firstByte: Double?
    package var total: Double?

    /// Makes the row of a reply.
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
        key = CompletionKey.digest(of: request)
        (family, tokenLimit) = CompletionKey.family(of: request)
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
    /// Milliseconds rounded to three digits.
    var milliseconds: Double {
        let (seconds, attoseconds) = components
        return (Double(seconds) * 1e6 + Double(attoseconds) / 1e12).rounded() / 1e3
    }
}
