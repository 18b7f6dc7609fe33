/// A student's scores of one preference pair.
package struct ScoredPair: Codable, Sendable, Hashable {
    /// Score of the chosen side, nats.
    package var chosen: Double
    /// Score of the rejected side, nats.
    package var rejected: Double

    package init(chosen: Double, rejected: Double) {
        self.chosen = chosen
        self.rejected = rejected
    }
}

/// Share of pairs whose chosen side has the higher score; a tie is half right.
package enum RankAccuracy {
    package static func ratio(of pairs: some Sequence<ScoredPair>) -> Ratio {
        pairs.reduce(into: Ratio(0, of: 0)) { sum, pair in
            sum.numerator += pair.chosen > pair.rejected ? 1 : pair.chosen == pair.rejected ? 0.5 : 0
            sum.denominator += 1
        }
    }
}
