package import PladRecords

/// One question to one teacher: everything that decides the answer, and nothing else. Headers, and so the key,
/// are no part of it.
package struct TeacherRequest: Sendable, Equatable {
    /// The dialect's name.
    package var dialect: String
    /// The endpoint's origin, or the name that `--teacher-id` gives in its place.
    package var teacher: String
    /// The path asked under the origin, the query included.
    package var path: String
    /// The body as it goes over the wire, in canonical spelling.
    package var body: JSONValue
    /// Which of the answers to this body it is, from 0.
    package var sample: Int

    package init(dialect: String, teacher: String, path: String, body: JSONValue, sample: Int) {
        self.dialect = dialect
        self.teacher = teacher
        self.path = path
        self.body = body
        self.sample = sample
    }
}
