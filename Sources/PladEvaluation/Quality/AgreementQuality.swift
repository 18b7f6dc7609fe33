package import PladRecords

/// The share of the prompt's other candidates that have the same answer: a student's frequent answers are more likely right.
///
/// Source: self-consistency (arXiv 2203.11171), the majority over several samples.
package struct AgreementQuality: Quality {
    package let needsTeacher = false
    private let answer: FinalAnswer

    package init(_ answer: FinalAnswer) { self.answer = answer }

    package func scores(of candidates: [String], for prompt: Prompt, teacher: [String]) -> [Double]? {
        guard candidates.count > 1 else { return nil }
        let said = candidates.map { FinalAnswer.canonical(answer.find(in: $0) ?? $0) }
        let counts = Dictionary(grouping: said, by: \.self).mapValues(\.count)
        return said.map { Double((counts[$0] ?? 1) - 1) / Double(candidates.count - 1) }
    }
}
