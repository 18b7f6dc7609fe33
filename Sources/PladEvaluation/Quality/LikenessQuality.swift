package import PladRecords

/// Likeness to the teacher's text that is nearest: ROUGE-L, or chrF where ROUGE cannot read the texts' script.
package struct LikenessQuality: Quality {
    package let needsTeacher = true

    package init() {}

    package func scores(of candidates: [String], for prompt: Prompt, teacher: [String]) -> [Double]? {
        guard !teacher.isEmpty else { return nil }
        let metric = SimilarityMetric(toTexts: teacher)
        return candidates.map { candidate in teacher.map { metric.score(reference: $0, candidate: candidate) }.max() ?? 0 }
    }
}
