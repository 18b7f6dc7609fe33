package import PladRecords

/// The share of the prompt's other candidates that say the same: what a student says again and again is likelier right.
///
/// Source: self-consistency (arXiv 2203.11171), the majority of several samples.
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
