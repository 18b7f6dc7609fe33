package import PladHTTP
package import PladRecords

/// Someone who answers requests: `RemoteTeacher` over the wire, or a script in tests.
package protocol Teacher: Sendable {
    /// The reply to the request.
    ///
    /// Throws `TeacherError` when there is none, and `CancellationError` when the task is cancelled first.
    func reply(to request: TeacherRequest) async throws -> Reply

    /// The replies to several samples of one question that one response brings: to the first of them, in their order, and at
    /// least one. Nil where each is to be asked for alone.
    func replies(to requests: [TeacherRequest]) async throws -> [Reply]?
}

extension Teacher {
    package func replies(to requests: [TeacherRequest]) async throws -> [Reply]? { nil }
}

/// A response with what the request's dialect reads in it.
package struct Reply: Sendable {
    package var response: Response
    package var completion: Completion
    /// Which of the response's answers it is, where several were asked for at once.
    package var choice: Int
    /// Budget reserved for the attempt that brought it, to be settled when it is kept. Nil where nobody counts, and for
    /// all answers of a response but its first.
    package var reservation: Reservation?
    /// Counts the request as under way until the answer is kept.
    package var underWay: UnderWay?

    package init(response: Response, completion: Completion, choice: Int = 0, reservation: Reservation? = nil) {
        self.response = response
        self.completion = completion
        self.choice = choice
        self.reservation = reservation
    }
}
