/// Which of a prompt's samples are rejected, where there are several.
public enum Negatives: String, Codable, CaseIterable, Sendable {
    /// Each makes a pair.
    case all
    /// One that chance picks.
    case random
    /// The one that the student to be ranked finds likeliest: what it most needs to unlearn.
    case mostLikely = "most-likely"
    /// The one least like the teacher's text: the surest to be worse.
    case leastSimilar = "least-similar"
}

/// Which student's samples are rejected.
public enum NegativeSource: String, Codable, CaseIterable, Sendable {
    /// The one to be ranked: the warmed-up student, later the one of the round before (PLaD).
    case warmUp = "warm-up"
    /// The one before warm-up, in every round (SODA, arXiv 2604.03873).
    case initial
}
