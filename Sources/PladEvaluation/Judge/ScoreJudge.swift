package import PladRecords

/// Judges by a score of each answer: what a metric or a model's likelihood says, without asking anyone.
package struct ScoreJudge {
    /// An answer's score, nil where it has none. Prompt and answer are those of the measurement.
    private let score: (HeldOutMeasurement) throws -> Double?

    package init(_ score: @escaping (HeldOutMeasurement) throws -> Double?) {
        self.score = score
    }

    /// Holds each of the student's answers against the baseline's; what has no score counts as malformed.
    package func compare(_ student: StudentMeasurements, with baseline: StudentMeasurements) throws -> [JudgedPair] {
        try student.checkPaired(with: baseline)
        return try zip(student.prompts, baseline.prompts).map { own, other in
            guard own.answer != other.answer else {
                return JudgedPair(studentScore: 0, baselineScore: 0, studentLength: own.answerTokens, baselineLength: other.answerTokens)
            }
            return JudgedPair(
                studentScore: try score(own), baselineScore: try score(other), studentLength: own.answerTokens,
                baselineLength: other.answerTokens)
        }
    }

    /// The answer that keeps more of the prompt's facts is better; then the one that is closer to the teacher's text.
    package static func metric(_ likeness: SimilarityMetric) -> ScoreJudge {
        // SimilarityMetric is at most 1, so that one more fact weighs more than all of it.
        ScoreJudge { prompt in
            2 * Double(Facts.kept(prompt.facts, in: prompt.answer))
                + likeness.score(reference: prompt.teacherText, candidate: prompt.answer)
        }
    }
}
