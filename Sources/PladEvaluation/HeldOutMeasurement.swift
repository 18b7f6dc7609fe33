/// The measurement of one student on one held-out prompt, the raw data of every measure.
package struct HeldOutMeasurement: Codable, Sendable {
    /// Id of the prompt.
    package var id: String
    /// Text of the prompt, as a person reads it.
    package var prompt: String
    /// Teacher's completion.
    package var teacherText: String
    /// Log-probability of each token of the teacher's text under the student, its end-of-sequence token included, nats.
    package var teacherLogProbabilities: [Float]
    /// Student's greedy completion, and its number of tokens.
    package var answer: String
    package var answerTokens: Int
    /// Student's scores of the held-out pairs of this prompt.
    package var pairs: [ScoredPair]
    /// Strings that a good completion repeats exactly.
    package var facts: [String]
    /// Samples that are the same for every student, to compare their order by log-probability with that by quality.
    package var samples: [ScoredSample]
    /// Kind of the quality; nil if there is none.
    package var qualityBy: String?
    /// Quality of the greedy completion; nil if it is not defined for this prompt.
    package var quality: Double?
    /// Log-probability of the greedy completion, summed over its tokens, nats; nil in older records.
    package var answerLogProbability: Double?
    /// Samples of this student, with their qualities; nil if none were drawn.
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
