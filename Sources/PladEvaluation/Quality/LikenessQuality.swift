package import PladRecords

/// The similarity to the nearest of the teacher's texts: ROUGE-L, or chrF if ROUGE cannot read the texts' script.
package struct LikenessQuality: Quality {
    package let needsTeacher = true

    package init() {}

    package func scores(of candidates: [String], for prompt: Prompt, teacher: [String]) -> [Double]? {
        guard !teacher.isEmpty else { return nil }
        let metric = SimilarityMetric(toTexts: teacher)
        return candidates.map { candidate in teacher.map { metric.score(reference: $0, candidate: candidate) }.max() ?? 0 }
    }
}
