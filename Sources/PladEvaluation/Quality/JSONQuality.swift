import Foundation
package import PladRecords

/// The quality of a completion as the task's JSON: its validity, and the share of right fields.
///
/// It is 0 for invalid JSON or one that does not fit the schema, else the share of the expected object's fields that the completion has
/// with the same value. Expected is the prompt's `answer`, or the teacher's first completion that fits; without either it is 1.
package struct JSONQuality: Quality {
    package let needsTeacher = false
    private let schema: JSONSchema?

    package init(_ schema: JSONSchema?) { self.schema = schema }

    package func scores(of candidates: [String], for prompt: Prompt, teacher: [String]) -> [Double]? {
        let expected = (prompt.answer.map { [$0] } ?? teacher).lazy.compactMap(fitting).first
        return candidates.map { candidate in
            guard let value = fitting(candidate) else { return 0 }
            guard let expected else { return 1 }
            guard case .object(let fields) = expected, !fields.isEmpty else { return value.canonical == expected.canonical ? 1 : 0 }
            // An unknown field is wrong as well.
            let names = Set(fields.keys).union((value.object ?? [:]).keys)
            return Double(names.count { fields[$0] != nil && value[$0]?.canonical == fields[$0]?.canonical }) / Double(names.count)
        }
    }

    private func fitting(_ text: String) -> JSONValue? {
        guard let value = try? JSONValue(parsing: Data(text.trimmingCharacters(in: .whitespacesAndNewlines).utf8)) else { return nil }
        return schema?.problem(with: value) == nil ? value : nil
    }
}
