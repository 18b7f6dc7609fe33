package import PladHTTP
package import PladRecords

/// A source of completions for requests: `RemoteTeacher` over the network, or a script in tests.
package protocol Teacher: Sendable {
    /// The reply to the request.
    ///
    /// Throws `TeacherError` if there is none, and `CancellationError` if the task is cancelled first.
    func reply(to request: TeacherRequest) async throws -> Reply

    /// The replies to several samples of one prompt in one response: at least that to the first of them, in order. Nil if each must be
    /// requested alone.
    func replies(to requests: [TeacherRequest]) async throws -> [Reply]?
}

extension Teacher {
    package func replies(to requests: [TeacherRequest]) async throws -> [Reply]? { nil }
}

/// A response and its reading in the request's dialect.
package struct Reply: Sendable {
    package var response: Response
    package var completion: Completion
    /// Index of the completion in the response, if several were requested together.
    package var choice: Int
    /// Budget reserved for the attempt, to be settled when the completion is stored. Nil without a budget, and for all completions of a
    /// response but its first.
    package var reservation: Reservation?
    /// Counts the request as under way until the completion is stored.
    package var underWay: UnderWay?

    package init(response: Response, completion: Completion, choice: Int = 0, reservation: Reservation? = nil) {
        self.response = response
        self.completion = completion
        self.choice = choice
        self.reservation = reservation
    }
}
