/// The measurement of one student on one held-out prompt: the raw material of every measure.
package struct HeldOutMeasurement: Codable, Sendable {
    /// The prompt's id.
    package var id: String
    /// The prompt as a person reads it.
    package var prompt: String
    /// The teacher's answer.
    package var teacherText: String
    /// The student's log-probability of each token of the teacher's text, its end-of-sequence token included, nats.
    package var teacherLogProbabilities: [Float]
    /// The student's greedy answer, and how many tokens it has.
    package var answer: String
    package var answerTokens: Int
    /// The student's scores of the held-out pairs of this prompt.
    package var pairs: [ScoredPair]
    /// Strings that a good answer keeps to the letter.
    package var facts: [String]
    /// Samples, the same for every student, to see whether log-probability orders them as quality does.
    package var samples: [ScoredSample]
    /// By what quality is known; nil where it is not.
    package var qualityBy: String?
    /// The quality of the greedy answer; nil where none is known of this prompt.
    package var quality: Double?
    /// The sum of the greedy answer's token log-probabilities, nats; nil in older records.
    package var answerLogProbability: Double?
    /// Samples that the student drew itself, with their qualities; nil where none were drawn.
    package var own: [ScoredSample]?
    /// The completions of beam search with 4 and with 8 beams; nil where it was not asked for.
    package var beams: [BeamCompletion]?

    package init(
        id: String, prompt: String, teacherText: String, teacherLogProbabilities: [Float], answer: String, answerTokens: Int,
        pairs: [ScoredPair] = [], facts: [String] = [], samples: [ScoredSample] = []
    ) {
        self.id = id
        self.prompt = prompt
        self.teacherText = teacherText
        self.teacherLogProbabilities = teacherLogProbabilities
        self.answer = answer
        self.answerTokens = answerTokens
        self.pairs = pairs
        self.facts = facts
        self.samples = samples
    }
}

/// The best completion that a beam search found.
package struct BeamCompletion: Codable, Sendable, Hashable {
    /// Beams of the searches that students are measured by.
    package static let widths = [4, 8]

    package var width: Int
    package var text: String
    /// Nil where no quality is known of the prompt.
    package var quality: Double?

    package init(width: Int, text: String) {
        (self.width, self.text) = (width, text)
    }
}
