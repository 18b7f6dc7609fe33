/// How the next token is chosen, for teacher and student alike.
public struct SamplingParameters: Codable, Sendable, Hashable {
    /// Divides the logits; 0 always takes the most likely token.
    public var temperature: Double
    /// Only the k most likely tokens stay; nil keeps all.
    public var topK: Int?
    /// Only the most likely tokens that together reach this probability stay; 1 keeps all.
    public var topP: Double
    /// The most tokens a completion may have.
    public var maxTokens: Int
    /// Texts that end the completion; they are not part of it.
    public var stop: [String]
    /// Seeds the random stream; nil leaves the choice to the model's server.
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
