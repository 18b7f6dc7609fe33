package import PladRecords

/// Someone who answers requests: `RemoteTeacher` over the wire, or a script in tests.
package protocol Teacher: Sendable {
    /// The reply to the request.
    ///
    /// Throws `TeacherError` when there is none, and `CancellationError` when the task is cancelled first.
    func reply(to request: TeacherRequest) async throws -> Reply
}

/// A response with what the request's dialect reads in it.
package struct Reply: Sendable, Equatable {
    package var response: Response
    package var completion: Completion

    package init(response: Response, completion: Completion) {
        self.response = response
        self.completion = completion
    }
}
