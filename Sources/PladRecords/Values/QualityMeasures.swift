/// The quality of a student's completions by the run's quality measure, or the difference between two students.
public struct QualityMeasures: Codable, Sendable, Hashable {
    /// Kind of the quality: `answer`, `facts`, `json`, `likeness`, `agreement`, `judge` or `command`.
    public var by: String
    /// Mean quality of the greedy completion.
    public var greedy: Estimate
    /// Mean quality of the student's samples.
    public var sample: Estimate?
    /// Mean quality of a prompt's most likely sample, by the sum of its token log-probabilities and by their mean.
    public var likeliestBySum: Estimate?
    public var likeliestByMean: Estimate?
    /// Mean quality of the best completion of beam search with 4 and with 8 beams.
    public var beam4: Estimate?
    public var beam8: Estimate?
    /// Mean quality of a prompt's best sample: the result of a perfect ranking.
    public var best: Estimate?
    /// Share of the prompts with a fully right sample (quality 1).
    public var passAtN: Estimate?
    /// Probability that a right sample has a higher log-probability than a wrong one, over all prompts: 0.5 is chance. By the sum of
    /// the token log-probabilities.
    public var auroc: Estimate?
    /// Number of samples for a prompt.
    public var samples: Int?
    /// Quality when only the most confident completions are given; of one student only.
    public var riskCoverage: RiskCoverage?

    package init(by: String, greedy: Estimate) {
        (self.by, self.greedy) = (by, greedy)
    }
}

/// The mean quality of the greedy completions that a student is most confident of, by their share.
///
/// Confidence is the completion's log-probability, summed over its tokens.
public struct RiskCoverage: Codable, Sendable, Hashable {
    /// Share of the prompts that are answered, and the mean quality of their completions, from the most confident to all.
    public var points: [[Double]]
    /// Log-probability, nats, from which on 95 % of the completions were right on the prompts that chose the student; nil if none is.
    public var threshold: Double?
    /// Share of the measured prompts above the threshold, and the mean quality of their completions.
    public var coverage: Double?
    public var precision: Double?

    package init(points: [[Double]], threshold: Double? = nil, coverage: Double? = nil, precision: Double? = nil) {
        (self.points, self.threshold, self.coverage, self.precision) = (points, threshold, coverage, precision)
    }
}
