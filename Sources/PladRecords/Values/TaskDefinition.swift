package import Foundation

/// A task, `Prompts/NAME/task.yaml`: the wording of prompts for the teacher and for the student.
///
/// Both templates are Mustache with one value, `{{prompt}}`, the prompt's text.
package struct TaskDefinition: Codable, Sendable, Hashable {
    package struct Teacher: Codable, Sendable, Hashable {
        /// System message before the prompt; nil for none.
        package var system: String?
        /// Template of the teacher's prompt; by default the prompt alone.
        package var prompt: String?
    }

    package struct Student: Codable, Sendable, Hashable {
        /// Template of the student's prompt; by default its chat template, or the prompt alone if it has none.
        package var prompt: String?
    }

    package var name: String?
    package var description: String?
    package var teacher: Teacher?
    package var student: Student?
    /// Largest number of tokens in a completion.
    package var maxTokens: Int?
    /// Texts that end a completion.
    package var stop: [String]?
    /// A regular expression that finds the final answer in a completion.
    package var answer: String?
    /// JSON Schema that a completion must fit. In `task.yaml`, the name of a file beside it.
    package var schema: JSONValue?

    package init() {}

    private static let keys: Set = [
        "name", "description", "teacher", "teacher.system", "teacher.prompt", "student", "student.prompt", "maxTokens", "stop", "answer",
        "schema",
    ]

    /// Reads `task.yaml`. Throws `RecordError` with the file, and with the line of an unknown key.
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
