/// The student's greedy completions of a few training prompts during training, compared with the chosen ones.
package struct GreedyProbe: Codable, Sendable, Hashable {
    /// Mean log-probability per token of the chosen completions, nats.
    package var chosenLogProbabilityPerToken: Double
    /// Mean number of tokens in a greedy completion.
    package var answerTokens: Double
    /// Number of tokens in the greedy completions over that in the chosen ones.
    package var lengthRatio: Double
    /// Share of all 4-grams of tokens that occurred before in the same completion.
    package var repetition: Double

    package init(chosenLogProbabilityPerToken: Double, answerTokens: Double, lengthRatio: Double, repetition: Double) {
        self.chosenLogProbabilityPerToken = chosenLogProbabilityPerToken
        self.answerTokens = answerTokens
        self.lengthRatio = lengthRatio
        self.repetition = repetition
    }
}
