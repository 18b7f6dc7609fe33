package import PladRecords
package import PladTeacher

/// The key of a completion: the digest of all that decides it.
///
/// SHA-256 of the canonical JSON `{"body", "dialect", "path", "sample", "teacher", "version"}`. Two requests that differ in any of
/// these, down to one field of the body, have different keys; the order and spacing of a body's fields do not matter.
package enum CompletionKey {
    /// Version of the key's definition, which changes with it, so that old keys are never mistaken for new ones.
    package static let version = 1

    package static func digest(of request: TeacherRequest) -> Digest {
        Digest(
            of: text(dialect: request.dialect, teacher: request.teacher, path: request.path, body: request.bodyText, sample: request.sample)
        )
    }

    /// The digest that requests share which differ only in the limit on tokens.
    package static func family(of request: TeacherRequest) -> (digest: Digest, tokenLimit: Int?) {
        let (limit, rest) = TokenLimit.split(request.body)
        let text = text(
            dialect: request.dialect, teacher: request.teacher, path: request.path, body: rest.canonical, sample: request.sample)
        return (Digest(of: text), limit)
    }

    /// The canonical JSON of the key's parts; `body` is canonical already.
    private static func text(dialect: String, teacher: String, path: String, body: String, sample: Int) -> String {
        func quoted(_ text: String) -> String { JSONValue.string(text).canonical }
        return "{\"body\":\(body),\"dialect\":\(quoted(dialect)),\"path\":\(quoted(path)),\"sample\":\(sample),"
            + "\"teacher\":\(quoted(teacher)),\"version\":\(version)}"
    }
}
