/// What a student makes of a few training prompts in the course of a training: its greedy answers, and the chosen ones.
package struct AnswerProbe: Codable, Sendable, Hashable {
    /// Of the chosen completions, nats.
    package var chosenLogProbabilityPerToken: Double
    /// Mean over the answers.
    package var answerTokens: Double
    /// Tokens of the answers over tokens of the chosen completions.
    package var lengthRatio: Double
    /// Share of all runs of four tokens that stood before in the same answer.
    package var repetition: Double

    package init(chosenLogProbabilityPerToken: Double, answerTokens: Double, lengthRatio: Double, repetition: Double) {
        self.chosenLogProbabilityPerToken = chosenLogProbabilityPerToken
        self.answerTokens = answerTokens
        self.lengthRatio = lengthRatio
        self.repetition = repetition
    }
}
