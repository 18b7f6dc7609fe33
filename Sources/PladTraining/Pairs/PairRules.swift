package import PladRecords

/// The properties of a pair's two sides that decide about its use.
package struct PairSides: Sendable {
    package var chosen: String
    package var rejected: String
    package var chosenTokens: Int
    package var rejectedTokens: Int
    /// Similarity of the rejected to the chosen text, and its metric.
    package var similarity: Double
    package var measure: SimilarityMetric
    /// Metric's score of each side; nil if the metric is not defined on this prompt.
    package var metric: (chosen: Double, rejected: Double)?

    package init(
        chosen: String, rejected: String, chosenTokens: Int, rejectedTokens: Int, similarity: Double,
        measure: SimilarityMetric = .rougeL, metric: (chosen: Double, rejected: Double)? = nil
    ) {
        self.chosen = chosen
        self.rejected = rejected
        self.chosenTokens = chosenTokens
        self.rejectedTokens = rejectedTokens
        self.similarity = similarity
        self.measure = measure
        self.metric = metric
    }
}

/// The rules that select pairs for ranking. By default, all but those with equal sides.
package struct PairRules: Sendable {
    /// Allowed similarity of the rejected to the chosen side.
    package var similarity: ClosedRange<Double>
    /// Largest ratio of the longer side's number of tokens to the shorter's; nil for no limit.
    package var maxLengthRatio: Double?
    /// True to use only pairs whose chosen side the metric ranks higher, if it is defined for them.
    package var prefersMetric: Bool
    /// Least difference in quality between the chosen and the rejected side, if pairs are ranked by quality.
    package var minGap: Double

    package init(
        similarity: ClosedRange<Double> = 0...1, maxLengthRatio: Double? = nil, prefersMetric: Bool = false, minGap: Double = 0
    ) {
        self.minGap = minGap
        self.similarity = similarity
        self.maxLengthRatio = maxLengthRatio
        self.prefersMetric = prefersMetric
    }

    /// The reason to drop a pair, with details; nil for a pair to use.
    package func objection(to sides: PairSides) -> (state: Drop.State, detail: String)? {
        if sides.chosen == sides.rejected { return (.equalSides, "the sample equals the teacher's text") }
        if Self.plain(sides.chosen) == Self.plain(sides.rejected) {
            return (.nearDuplicate, "the sides differ only in case, spaces or punctuation")
        }
        let likeness = "\(sides.measure.rawValue) to the chosen text is \(rounded(sides.similarity))"
        if sides.similarity > similarity.upperBound {
            return (.tooSimilar, "\(likeness), above `pairing.max_similarity` \(similarity.upperBound)")
        }
        if sides.similarity < similarity.lowerBound {
            return (.tooDifferent, "\(likeness), below `pairing.min_similarity` \(similarity.lowerBound)")
        }
        if let limit = maxLengthRatio {
            let (shorter, longer) = (min(sides.chosenTokens, sides.rejectedTokens), max(sides.chosenTokens, sides.rejectedTokens))
            if Double(longer) > limit * Double(shorter) {
                return (
                    .unevenLengths,
                    "\(sides.chosenTokens) and \(sides.rejectedTokens) tokens, more than `pairing.max_length_ratio` \(limit) apart"
                )
            }
        }
        if prefersMetric, let metric = sides.metric, metric.chosen <= metric.rejected {
            return (
                .notPreferred, "the chosen side keeps \(rounded(metric.chosen)) of the facts, the rejected one \(rounded(metric.rejected))"
            )
        }
        return nil
    }

    /// The reason to drop a pair by the qualities of its sides; nil for one to use. Sides of equal quality have no order.
    package func objection(chosen: Double, rejected: Double) -> (state: Drop.State, detail: String)? {
        // A gap that was written as 0.1 is not to fail by the last bit of 0.6 - 0.5.
        guard chosen - rejected <= 0 || chosen - rejected < minGap - 1e-9 else { return nil }
        return (
            .smallGap,
            "quality \(rounded(chosen)) and \(rounded(rejected))" + (minGap > 0 ? ", less than `pairing.min_gap` \(minGap) apart" : "")
        )
    }

    /// The text's letters, digits and symbols in lower case, with each run of spaces and punctuation as one space.
    package static func plain(_ text: String) -> String {
        text.lowercased().split { $0.isWhitespace || $0.isPunctuation }.joined(separator: " ")
    }

    private func rounded(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }
}
