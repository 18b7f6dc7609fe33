package import PladRecords

/// A judge by a score of each completion, such as a metric or a model's likelihood, without requests.
package struct ScoreJudge {
    /// Computes a completion's score; nil if there is none. Prompt and completion are those of the measurement.
    private let score: (HeldOutMeasurement) throws -> Double?

    package init(_ score: @escaping (HeldOutMeasurement) throws -> Double?) {
        self.score = score
    }

    /// Compares each of the student's completions with the baseline's; a missing score counts as malformed.
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

    /// The judge by the number of the prompt's facts kept, then by similarity to the teacher's text.
    package static func metric(_ likeness: SimilarityMetric) -> ScoreJudge {
        // SimilarityMetric is at most 1, so that one more fact weighs more than all of it.
        ScoreJudge { prompt in
            2 * Double(Facts.kept(prompt.facts, in: prompt.answer))
                + likeness.score(reference: prompt.teacherText, candidate: prompt.answer)
        }
    }
}
