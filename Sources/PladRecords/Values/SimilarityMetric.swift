/// The metric of a completion's similarity to the teacher's text: for the judging metric, prompts won, likelihood against quality, and
/// the rejected samples.
package enum SimilarityMetric: String, Codable, Sendable {
    case rougeL = "ROUGE-L"
    /// chrF, in place of ROUGE-L for scripts that ROUGE cannot read.
    case chrF

    /// - Parameter share: share of the letters of the teacher's texts that ROUGE reads; nil in records without it.
    package init(rougeReads share: Double?) {
        self = (share ?? 1) < 0.5 ? .chrF : .rougeL
    }

    /// The note to show beside ROUGE if it reads too few letters of the texts; nil if it reads enough.
    package static func rougeNote(reads share: Double) -> String? {
        guard SimilarityMetric(rougeReads: share) == .chrF else { return nil }
        return "ROUGE reads a-z and 0-9 alone, \(Int(100 * share)) % of the letters of these references: go by chrF"
    }
}
