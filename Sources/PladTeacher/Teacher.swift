/// Someone who answers requests: `RemoteTeacher` over the wire, or a script in tests.
package protocol Teacher: Sendable {
    /// The response to the request, readable as a completion by the request's dialect.
    ///
    /// Throws `TeacherError` when there is none, and `CancellationError` when the task is cancelled first.
    func respond(to request: TeacherRequest) async throws -> Response
}
