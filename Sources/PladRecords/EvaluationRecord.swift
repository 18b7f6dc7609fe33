/// A mean with its 95 % bootstrap interval.
package struct Estimate: Codable, Sendable, Hashable {
    package var mean: Double
    package var low: Double
    package var high: Double
    /// How many values the mean is of; 0 says that there was nothing to measure, and the other fields are 0.
    package var count: Int

    package init(mean: Double, low: Double, high: Double, count: Int) {
        self.mean = mean
        self.low = low
        self.high = high
        self.count = count
    }
}

/// What one student does on the held-out prompts.
package struct StudentEvaluation: Codable, Sendable, Hashable {
    /// `initial`, `warm-up` or `ranked`.
    package var name: String
    /// ROUGE-L F of the greedy answer against the teacher's text.
    package var rougeL: Estimate
    /// Negative log-likelihood of the teacher's text, nats per token (the end-of-sequence token included).
    package var teacherNegativeLogLikelihood: Estimate
    /// Share of held-out pairs (teacher's text, warmed-up student's sample) whose teacher side has the higher score.
    package var rankAccuracy: Estimate
    /// Share of the prompts' facts found to the letter in the greedy answer; nil where no prompt names facts.
    package var factsKept: Estimate?
    /// Tokens of the greedy answer.
    package var answerTokens: Estimate

    package init(
        name: String, rougeL: Estimate, teacherNegativeLogLikelihood: Estimate, rankAccuracy: Estimate,
        factsKept: Estimate?, answerTokens: Estimate
    ) {
        self.name = name
        self.rougeL = rougeL
        self.teacherNegativeLogLikelihood = teacherNegativeLogLikelihood
        self.rankAccuracy = rankAccuracy
        self.factsKept = factsKept
        self.answerTokens = answerTokens
    }
}

/// How much one student differs from another on the same held-out prompts: each field is `student` minus `baseline`.
///
/// The intervals are paired: every resample draws the same prompts for both students, so what makes a prompt hard
/// for both cancels. An interval without 0 is a difference that the held-out prompts show.
package struct StudentDifference: Codable, Sendable, Hashable {
    package var student: String
    package var baseline: String
    package var rougeL: Estimate
    package var teacherNegativeLogLikelihood: Estimate
    package var rankAccuracy: Estimate
    package var factsKept: Estimate?
    package var answerTokens: Estimate

    package init(
        student: String, baseline: String, rougeL: Estimate, teacherNegativeLogLikelihood: Estimate, rankAccuracy: Estimate,
        factsKept: Estimate?, answerTokens: Estimate
    ) {
        self.student = student
        self.baseline = baseline
        self.rougeL = rougeL
        self.teacherNegativeLogLikelihood = teacherNegativeLogLikelihood
        self.rankAccuracy = rankAccuracy
        self.factsKept = factsKept
        self.answerTokens = answerTokens
    }
}

/// One held-out prompt with what teacher and students answered.
package struct SideBySide: Codable, Sendable, Hashable {
    package var id: String
    package var prompt: String
    package var teacher: String
    /// Greedy answers, in the order of `Evaluation.students`.
    package var students: [String]
    /// ROUGE-L F of each of those answers, where it was measured.
    package var rougeL: [Double]?
    /// What a good answer keeps to the letter, where the prompt says so.
    package var facts: [String]?

    package init(
        id: String, prompt: String, teacher: String, students: [String], rougeL: [Double]? = nil, facts: [String]? = nil
    ) {
        self.id = id
        self.prompt = prompt
        self.teacher = teacher
        self.students = students
        self.rougeL = rougeL
        self.facts = facts
    }
}

/// `evaluation.json`: the held-out comparison of the student's stages.
package struct Evaluation: Codable, Sendable, Hashable {
    /// In the order they came to be: initial, warm-up, ranked.
    package var students: [StudentEvaluation]
    /// Each student but the first against the one before it, then the last against the first.
    package var differences: [StudentDifference]
    /// The first twenty held-out prompts.
    package var examples: [SideBySide]

    package init(students: [StudentEvaluation], differences: [StudentDifference] = [], examples: [SideBySide]) {
        self.students = students
        self.differences = differences
        self.examples = examples
    }
}
