/// The choice of rejected samples among several of a prompt.
public enum Negatives: String, Codable, CaseIterable, Sendable {
    /// All samples, each in a pair.
    case all
    /// One random sample.
    case random
    /// The sample most likely under the student to be ranked, which it most needs to unlearn.
    case mostLikely = "most-likely"
    /// The sample least similar to the teacher's text, most certainly worse.
    case leastSimilar = "least-similar"
}

/// The student whose samples are rejected.
public enum NegativeSource: String, Codable, CaseIterable, Sendable {
    /// The student to be ranked: the warmed-up one, later that of the round before (PLaD).
    case warmUp = "warm-up"
    /// The student before warm-up, in every round (SODA, arXiv 2604.03873).
    case initial
}
