/// A mean with its 95 % bootstrap interval.
package struct Estimate: Codable, Sendable, Hashable {
    package var mean: Double
    package var low: Double
    package var high: Double
    /// How many values the mean is of.
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

/// One held-out prompt with what teacher and students answered.
package struct SideBySide: Codable, Sendable, Hashable {
    package var id: String
    package var prompt: String
    package var teacher: String
    /// Greedy answers, in the order of `Evaluation.students`.
    package var students: [String]

    package init(id: String, prompt: String, teacher: String, students: [String]) {
        self.id = id
        self.prompt = prompt
        self.teacher = teacher
        self.students = students
    }
}

/// `evaluation.json`: the held-out comparison of the student's stages.
package struct Evaluation: Codable, Sendable, Hashable {
    /// In the order they came to be: initial, warm-up, ranked.
    package var students: [StudentEvaluation]
    /// The first twenty held-out prompts.
    package var examples: [SideBySide]

    package init(students: [StudentEvaluation], examples: [SideBySide]) {
        self.students = students
        self.examples = examples
    }
}
