package import PladRecords

/// A request for one completion: everything that decides the completion, and nothing else. Headers, and so the key, are not part of it.
package struct TeacherRequest: Sendable, Equatable {
    /// Name of the dialect.
    package let dialect: String
    /// Endpoint's origin, or the name given in its place (`teacher.id`).
    package let teacher: String
    /// Path under the origin, the query included.
    package let path: String
    /// Body with all fields sent.
    package let body: JSONValue
    /// Body in canonical form, as it is sent and hashed.
    package let bodyText: String
    /// Index among the completions of this body, from 0.
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
