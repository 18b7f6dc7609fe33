package import PladRecords

/// A teacher as everything that asks it, looks its completions up or prices them sees it.
package struct ResolvedTeacher: Sendable {
    package let dialect: any Dialect
    /// Nil where only a recording is read.
    package let endpoint: Endpoint?
    /// Its name in keys: the id given in place of the origin, else the origin.
    package let name: String
    /// The path under the origin, the query included.
    package let path: String

    /// Nil where neither an address nor an id names the teacher. Throws `TeacherError.malformedAddress`.
    ///
    /// - Parameter id: names it in keys in place of its origin, so that a recording outlives a port.
    package init?(_ dialect: any Dialect, remote: String?, id: String? = nil) throws {
        self.dialect = dialect
        endpoint = try remote.map { try Endpoint($0, dialect: dialect) }
        guard let name = id ?? endpoint?.origin else { return nil }
        self.name = name
        path = endpoint?.path ?? dialect.path(from: "")
    }

    /// The request for one completion of a conversation.
    ///
    /// - Parameter sample: which of the completions of one conversation is meant, from 0.
    package func request(asking messages: [Message], _ parameters: SamplingParameters, sample: Int = 0) -> TeacherRequest {
        dialect.request(teacher: name, path: path, asking: messages, parameters, sample: sample)
    }
}
