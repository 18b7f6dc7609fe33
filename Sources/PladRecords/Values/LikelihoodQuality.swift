/// How a student's likelihood of samples goes with their quality, to be drawn.
package struct LikelihoodQuality: Codable, Sendable, Hashable {
    /// Samples that are about equally likely.
    package struct Bin: Codable, Sendable, Hashable {
        /// Mean log-probability per token, nats.
        package var logProbabilityPerToken: Double
        /// Mean likeness to the teacher's text.
        package var quality: Double
        package var count: Int

        package init(logProbabilityPerToken: Double, quality: Double, count: Int) {
            self.logProbabilityPerToken = logProbabilityPerToken
            self.quality = quality
            self.count = count
        }
    }

    /// From the least likely tenth of the samples to the most likely one.
    package var bins: [Bin]
    /// Some samples one by one: log-probability per token and quality.
    package var points: [[Double]]

    package init(bins: [Bin], points: [[Double]]) {
        self.bins = bins
        self.points = points
    }
}
