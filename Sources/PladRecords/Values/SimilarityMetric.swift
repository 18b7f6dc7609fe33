/// By what an answer is held to be like the teacher's text: in the judging metric, in the prompts that a student wins, in how
/// likelihood goes with quality, and of rejected samples.
package enum SimilarityMetric: String, Codable, Sendable {
    case rougeL = "ROUGE-L"
    /// In the place of ROUGE-L where that cannot read the script.
    case chrF

    /// - Parameter share: which share of the letters of the teacher's texts ROUGE reads; nil in records that do not say.
    package init(rougeReads share: Double?) {
        self = (share ?? 1) < 0.5 ? .chrF : .rougeL
    }

    /// What to say where ROUGE is shown for texts of which it reads so few letters; nil where it reads enough.
    package static func rougeNote(reads share: Double) -> String? {
        guard SimilarityMetric(rougeReads: share) == .chrF else { return nil }
        return "ROUGE reads a-z and 0-9 alone, \(Int(100 * share)) % of the letters of these references: go by chrF"
    }
}
