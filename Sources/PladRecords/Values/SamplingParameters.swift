/// How the next token is chosen, for teacher and student alike.
package struct SamplingParameters: Codable, Sendable, Hashable {
    /// Divides the logits; 0 always takes the most likely token.
    package var temperature: Double
    /// Only the k most likely tokens stay; nil keeps all.
    package var topK: Int?
    /// Only the most likely tokens that together reach this probability stay; 1 keeps all.
    package var topP: Double
    /// The most tokens a completion may have.
    package var maxTokens: Int
    /// Texts that end the completion; they are not part of it.
    package var stop: [String]
    /// Seeds the random stream; nil leaves the choice to the model's server.
    package var seed: UInt64?

    package init(
        temperature: Double = 1, topK: Int? = nil, topP: Double = 1, maxTokens: Int = 256, stop: [String] = [], seed: UInt64? = nil
    ) {
        self.temperature = temperature
        self.topK = topK
        self.topP = topP
        self.maxTokens = maxTokens
        self.stop = stop
        self.seed = seed
    }
}
