/// One of several samples for a prompt, with the view that the measured student has of it.
package struct ScoredSample: Codable, Sendable, Hashable {
    package var text: String
    /// Sum over its tokens under the student that is measured, nats.
    package var logProbability: Double
    package var tokens: Int
    /// The quality; nil where it is not known.
    package var quality: Double?

    package init(text: String, logProbability: Double, tokens: Int, quality: Double? = nil) {
        self.quality = quality
        self.text = text
        self.logProbability = logProbability
        self.tokens = tokens
    }

    package var logProbabilityPerToken: Double { logProbability / Double(max(tokens, 1)) }
}
