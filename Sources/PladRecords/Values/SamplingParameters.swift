/// The sampling settings of the next token, for teacher and student alike.
public struct SamplingParameters: Codable, Sendable, Hashable {
    /// Divisor of the logits; 0 always takes the most likely token.
    public var temperature: Double
    /// Number k of most likely tokens to draw from; nil is all.
    public var topK: Int?
    /// Probability that the most likely tokens to draw from reach together; 1 is all.
    public var topP: Double
    /// Largest number of tokens in a completion.
    public var maxTokens: Int
    /// Texts that end the completion; they are not part of it.
    public var stop: [String]
    /// Seed of the random stream; nil leaves the choice to the model's server.
    public var seed: UInt64?

    public init(
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
