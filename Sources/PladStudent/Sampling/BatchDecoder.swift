/// Continues many prompts at once: a slot that falls free takes the next sample, and a prompt is computed once for all its samples.
///
/// The batch does not change what is drawn: each sample's tokens depend on the weights, the prompt, the parameters and its stream alone.
package final class BatchDecoder {
    private let student: Student
    private let slots: Int

    /// - Parameter slots: how many samples go forward together.
    package init(student: Student, slots: Int) {
        self.student = student
        self.slots = slots
    }

    /// Queues a request and answers its number. Throws `StudentError.context` when the prompt is empty, fills the context or holds an unknown id.
    package func submit(_ request: DecodeRequest) throws -> Int {
        fatalError()
    }

    /// Ends a request's samples without further events.
    package func cancel(_ request: Int) {
        fatalError()
    }

    /// Nothing is queued and nothing goes on.
    package var isIdle: Bool { fatalError() }

    /// One token for every active sample, free slots filled first.
    package func step() throws -> [DecodeEvent] {
        fatalError()
    }
}
