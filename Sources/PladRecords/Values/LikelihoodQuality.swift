/// How a student's likelihood of samples goes with their quality, to be drawn.
public struct LikelihoodQuality: Codable, Sendable, Hashable {
    /// Samples that are about equally likely.
    public struct Bin: Codable, Sendable, Hashable {
        /// Mean log-probability per token, nats.
        public var logProbabilityPerToken: Double
        /// Mean likeness to the teacher's text.
        public var quality: Double
        public var count: Int

        package init(logProbabilityPerToken: Double, quality: Double, count: Int) {
            self.logProbabilityPerToken = logProbabilityPerToken
            self.quality = quality
            self.count = count
        }
    }

    /// From the least likely tenth of the samples to the most likely one.
    public var bins: [Bin]
    /// Some samples one by one: log-probability per token and quality.
    public var points: [[Double]]

    package init(bins: [Bin], points: [[Double]]) {
        self.bins = bins
        self.points = points
    }
}
