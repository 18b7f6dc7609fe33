package import PladRecords

/// A teacher with its address and name in keys resolved, for requests, look-ups and prices.
package struct ResolvedTeacher: Sendable {
    package let dialect: any Dialect
    /// Endpoint; nil if only a recording is read.
    package let endpoint: Endpoint?
    /// Name in keys: the given id, else the origin.
    package let name: String
    /// Path under the origin, the query included.
    package let path: String

    /// Resolves the teacher; nil if there is neither an address nor an id. Throws `TeacherError.malformedAddress`.
    ///
    /// - Parameter id: name in keys in place of the origin, so that a recording does not depend on a port.
    package init?(_ dialect: any Dialect, remote: String?, id: String? = nil) throws {
        self.dialect = dialect
        endpoint = try remote.map { try Endpoint($0, dialect: dialect) }
        guard let name = id ?? endpoint?.origin else { return nil }
        self.name = name
        path = endpoint?.path ?? dialect.path(from: "")
    }

    /// The request for one completion of a conversation.
    ///
    /// - Parameter sample: index among the completions of one conversation, from 0.
    package func request(asking messages: [Message], _ parameters: SamplingParameters, sample: Int = 0) -> TeacherRequest {
        dialect.request(teacher: name, path: path, asking: messages, parameters, sample: sample)
    }
}
