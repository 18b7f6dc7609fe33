/// The reduction of a completion's token log-probabilities to the score that a loss compares.
public enum Norm: String, Codable, Sendable, CaseIterable {
    /// The sum, log P(completion | prompt) in nats, as in PLaD and SLiC-HF.
    case sum
    /// The mean over the completion's tokens.
    case mean

    /// The score of a completion with `tokens` tokens whose log-probabilities sum to `logProbability`.
    package func score(logProbability: Double, tokens: Int) -> Double {
        logProbability * scale(tokens: tokens)
    }

    /// The derivative d score / d logProbability.
    package func scale(tokens: Int) -> Double {
        switch self {
        case .sum: 1
        case .mean: 1 / Double(tokens)
        }
    }

    /// The input of a loss for a completion whose log-probabilities sum to `logProbability`.
    func candidate(_ encoded: EncodedCandidate, logProbability: Double) -> Candidate {
        let tokens = encoded.ids.count
        return Candidate(
            score: score(logProbability: logProbability, tokens: tokens), tokens: tokens,
            reference: encoded.reference.map { score(logProbability: $0, tokens: tokens) }, quality: encoded.quality)
    }
}
