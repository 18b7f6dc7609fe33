/// How good a student's completions are by the run's quality, and what more its samples hold: of a student, or of the difference
/// between two.
public struct QualityMeasures: Codable, Sendable, Hashable {
    /// By what quality is known: `answer`, `facts`, `json`, `likeness`, `agreement`, `judge` or `command`.
    public var by: String
    /// Mean quality of the greedy answer.
    public var greedy: Estimate
    /// Mean quality of samples that the student draws itself.
    public var sample: Estimate?
    /// Mean quality of the likeliest of a prompt's samples, by the sum of its token log-probabilities and by their mean.
    public var likeliestBySum: Estimate?
    public var likeliestByMean: Estimate?
    /// Mean quality of the best completion of beam search with 4 and with 8 beams.
    public var beam4: Estimate?
    public var beam8: Estimate?
    /// Mean quality of the best of a prompt's samples: what a perfect ranking of them would give.
    public var best: Estimate?
    /// Share of the prompts with a sample that is right in full (quality 1).
    public var passAtN: Estimate?
    /// How often a right sample has a higher log-probability than a wrong one, over all prompts: 0.5 is chance. By the sum of the token
    /// log-probabilities.
    public var auroc: Estimate?
    /// Samples a prompt.
    public var samples: Int?
    /// What is gained by answering only where the student is sure; of a student alone.
    public var riskCoverage: RiskCoverage?

    package init(by: String, greedy: Estimate) {
        (self.by, self.greedy) = (by, greedy)
    }
}

/// Mean quality of the greedy answers that a student is surest of, by how many of all they are.
///
/// Sure is a high log-probability of the answer, summed over its tokens.
public struct RiskCoverage: Codable, Sendable, Hashable {
    /// Share of the prompts that are answered, and the mean quality of those answers, from the surest to all.
    public var points: [[Double]]
    /// The log-probability, nats, from which on 95 % of the answers were right on the prompts that chose the student; nil where none is.
    public var threshold: Double?
    /// Share of the measured prompts above the threshold, and the mean quality of their answers.
    public var coverage: Double?
    public var precision: Double?

    package init(points: [[Double]], threshold: Double? = nil, coverage: Double? = nil, precision: Double? = nil) {
        (self.points, self.threshold, self.coverage, self.precision) = (points, threshold, coverage, precision)
    }
}
