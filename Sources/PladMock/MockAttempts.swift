import Foundation
import PladRecords

/// A line of a mock teacher's log: one attempt at a request.
package struct MockAttempt: Codable, Sendable, Equatable {
    /// The digest of the request's body.
    package var request: String
    /// From 1.
    package var attempt: Int
    /// The name of the fault that was played; nil where the request was answered plainly.
    package var fault: String?
    /// True if what was sent is an answer, plain or not.
    package var answers: Bool
    /// The batch that it was a row of.
    package var batch: String?

    package init(request: String, attempt: Int, fault: String?, answers: Bool = true, batch: String? = nil) {
        self.request = request
        self.attempt = attempt
        self.fault = fault
        self.answers = answers
        self.batch = batch
    }
}

/// Counts the attempts at each request and says what each gets. `lock` guards `counts`; attempts are logged in their order.
final class MockAttempts: @unchecked Sendable {
    private let script: MockScript
    private let log: @Sendable (MockAttempt) -> Void
    private let lock = NSLock()
    private var counts: [Digest: Int] = [:]

    init(script: MockScript, log: @escaping @Sendable (MockAttempt) -> Void) {
        self.script = script
        self.log = log
    }

    /// Counts one more attempt. Gives nil where it is to be answered plainly.
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
