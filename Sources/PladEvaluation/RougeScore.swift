/// The overlap of two texts, as shares in [0, 1].
package struct RougeScore: Sendable, Hashable {
    /// Share of the candidate that is in the reference.
    package var precision: Double
    /// Share of the reference that is in the candidate.
    package var recall: Double

    package static let zero = RougeScore(common: 0, reference: 0, candidate: 0)

    /// Makes the score of `common` units among those of each text; 0 for a text without units.
    package init(common: Int, reference: Int, candidate: Int) {
        precision = Double(common) / Double(max(candidate, 1))
        recall = Double(common) / Double(max(reference, 1))
    }

    /// Harmonic mean of precision and recall.
    package var f: Double {
        precision + recall > 0 ? 2 * precision * recall / (precision + recall) : 0
    }
}
