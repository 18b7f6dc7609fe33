/// The relation between the likelihood of a student's samples and their quality, as plotted.
public struct LikelihoodQuality: Codable, Sendable, Hashable {
    /// The samples of similar likelihood.
    public struct Bin: Codable, Sendable, Hashable {
        /// Mean log-probability per token, nats.
        public var logProbabilityPerToken: Double
        /// Mean similarity to the teacher's text.
        public var quality: Double
        public var count: Int

        package init(logProbabilityPerToken: Double, quality: Double, count: Int) {
            self.logProbabilityPerToken = logProbabilityPerToken
            self.quality = quality
            self.count = count
        }
    }

    /// Bins of a tenth of the samples each, from the least likely to the most likely.
    public var bins: [Bin]
    /// Some single samples: log-probability per token and quality.
    public var points: [[Double]]

    package init(bins: [Bin], points: [[Double]]) {
        self.bins = bins
        self.points = points
    }
}
