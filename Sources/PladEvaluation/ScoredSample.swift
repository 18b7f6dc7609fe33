/// One of several samples for a prompt, with its score under the measured student.
package struct ScoredSample: Codable, Sendable, Hashable {
    package var text: String
    /// Log-probability under the measured student, summed over its tokens, nats.
    package var logProbability: Double
    package var tokens: Int
    /// Quality of the sample; nil if it is not defined.
    package var quality: Double?

    package init(text: String, logProbability: Double, tokens: Int, quality: Double? = nil) {
        self.quality = quality
        self.text = text
        self.logProbability = logProbability
        self.tokens = tokens
    }

    package var logProbabilityPerToken: Double { logProbability / Double(max(tokens, 1)) }
}
