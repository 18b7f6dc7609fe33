package import Foundation

/// A task: how prompts are put to the teacher and to the student. `Prompts/NAME/task.yaml`.
///
/// Both templates are Mustache with one value, `{{prompt}}`, the prompt's text.
package struct TaskDefinition: Codable, Sendable, Hashable {
    package struct Teacher: Codable, Sendable, Hashable {
        /// Sent before the prompt as the system message; nil sends none.
        package var system: String?
        /// What the teacher is asked; by default the prompt alone.
        package var prompt: String?
    }

    package struct Student: Codable, Sendable, Hashable {
        /// What the student continues; by default its chat template, or the prompt alone where it has none.
        package var prompt: String?
    }

    package var name: String?
    package var description: String?
    package var teacher: Teacher?
    package var student: Student?
    /// The most tokens an answer may have.
    package var maxTokens: Int?
    /// Texts that end an answer.
    package var stop: [String]?
    /// A regular expression that finds the final answer in a completion.
    package var answer: String?
    /// The JSON Schema that an answer fits. In `task.yaml` the name of a file beside it.
    package var schema: JSONValue?

    package init() {}

    private static let keys: Set = [
        "name", "description", "teacher", "teacher.system", "teacher.prompt", "student", "student.prompt", "maxTokens", "stop", "answer",
        "schema",
    ]

    /// Reads `task.yaml`. Throws `RecordError` that names the file, and the line of a key that a task does not have.
    package init(contentsOf file: URL) throws {
        try YAMLFile.refuseKeys(in: file, otherThan: Self.keys)
        self = try YAMLFile.read(from: file)
        guard let name = schema?.string else { return }
        let place = URL(fileURLWithPath: name, relativeTo: file.deletingLastPathComponent())
        do {
            schema = try JSONValue(parsing: try Data(reading: place))
        } catch let error as RecordError {
            throw RecordError(error.code, "\(file.path): schema \(name): \(error.message)")
        }
    }
}
