import Foundation
import PladRecords

/// A line of a mock teacher's log: one attempt at a request.
package struct MockAttempt: Codable, Sendable, Equatable {
    /// Digest of the request's body.
    package var request: String
    /// Number of the attempt, from 1.
    package var attempt: Int
    /// Name of the fault that was played; nil for a plain response.
    package var fault: String?
    /// True if the response holds a completion, plain or not.
    package var answers: Bool
    /// Id of the batch, if the attempt was a row of one.
    package var batch: String?

    package init(request: String, attempt: Int, fault: String?, answers: Bool = true, batch: String? = nil) {
        self.request = request
        self.attempt = attempt
        self.fault = fault
        self.answers = answers
        self.batch = batch
    }
}

/// Counts the attempts at each request and chooses their replies. `lock` guards `counts`; attempts are logged in order.
final class MockAttempts: @unchecked Sendable {
    private let script: MockScript
    private let log: @Sendable (MockAttempt) -> Void
    private let lock = NSLock()
    private var counts: [Digest: Int] = [:]

    init(script: MockScript, log: @escaping @Sendable (MockAttempt) -> Void) {
        self.script = script
        self.log = log
    }

    /// Counts one more attempt and returns its reply; nil for the plain one.
    func next(_ request: Digest, batch: String? = nil) -> MockReply? {
        lock.withLock {
            let attempt = counts[request, default: 0] + 1
            counts[request] = attempt
            let reply = script.reply(toAttempt: attempt, at: request)
            log(
                MockAttempt(
                    request: request.description, attempt: attempt, fault: reply.map { $0.name ?? "status \($0.status)" },
                    answers: reply?.isAnswer ?? true, batch: batch))
            return reply
        }
    }
}
