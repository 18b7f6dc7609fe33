/// How a completion's token log-probabilities become the score that a loss compares.
public enum Norm: String, Codable, Sendable, CaseIterable {
    /// Their sum, log P(completion | prompt) in nats: what PLaD and SLiC-HF compare.
    case sum
    /// Their mean over the completion's tokens.
    case mean

    /// The score of a completion of `tokens` tokens whose log-probabilities sum to `logProbability`.
    package func score(logProbability: Double, tokens: Int) -> Double {
        logProbability * scale(tokens: tokens)
    }

    /// d score / d logProbability.
    package func scale(tokens: Int) -> Double {
        switch self {
        case .sum: 1
        case .mean: 1 / Double(tokens)
        }
    }

    /// What a loss sees of a completion whose log-probabilities sum to `logProbability`.
    func candidate(_ encoded: EncodedCandidate, logProbability: Double) -> Candidate {
        let tokens = encoded.ids.count
        return Candidate(
            score: score(logProbability: logProbability, tokens: tokens), tokens: tokens,
            reference: encoded.reference.map { score(logProbability: $0, tokens: tokens) }, quality: encoded.quality)
    }
}
