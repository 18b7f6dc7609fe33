package import PladRecords

/// The share of the prompt's facts that a completion repeats exactly.
package struct FactsQuality: Quality {
    package let needsTeacher = false

    package init() {}

    package func scores(of candidates: [String], for prompt: Prompt, teacher: [String]) -> [Double]? {
        guard !prompt.facts.isEmpty else { return nil }
        return candidates.map { Double(Facts.kept(prompt.facts, in: $0)) / Double(prompt.facts.count) }
    }
}
