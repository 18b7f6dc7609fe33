package import PladRecords

/// One question to one teacher: everything that decides the answer, and nothing else. Headers, and so the key,
/// are no part of it.
package struct TeacherRequest: Sendable, Equatable {
    /// The dialect's name.
    package let dialect: String
    /// The endpoint's origin, or the name that `--teacher-id` gives in its place.
    package let teacher: String
    /// The path asked under the origin, the query included.
    package let path: String
    /// Every field that the endpoint is given.
    package let body: JSONValue
    /// The body's canonical spelling, as it goes over the wire and into keys.
    package let bodyText: String
    /// Which of the answers to this body it is, from 0.
    package let sample: Int

    package init(dialect: String, teacher: String, path: String, body: JSONValue, sample: Int) {
        self.dialect = dialect
        self.teacher = teacher
        self.path = path
        self.body = body
        bodyText = body.canonical
        self.sample = sample
    }
}
