import Foundation
package import PladRecords

/// The validity of a completion as the task's JSON, and the share of its fields that are right.
///
/// 0 for what is no JSON or does not fit the schema. Else the share of the expected object's fields that the completion has with the same
/// value; expected is the prompt's `answer`, or the teacher's first completion that fits. 1 where nothing is expected.
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
