import Foundation

/// The negative mean quality of a prompt's candidates, each weighted by its probability among them: −Σ q_i · p_i − λ · score_0, p the
/// softmax of the scores.
///
/// Its gradient by score i is −p_i · (q_i − Σ q_j · p_j): candidates above the mean rise. Source: SLiC (arXiv 2210.00045, section 2.4,
/// expected reward).
package struct ExpectedRewardLoss: Loss {
    package static let name = "expected-reward"
    package static let reads: LossInput = [.group, .quality]
    package static let defaults: LossSettings = [.lambda: 0.1]

    let lambda: Double

    package init(complete settings: LossSettings) {
        lambda = settings[.lambda]
    }

    package func callAsFunction(_ candidates: [Candidate]) -> LossValue {
        let highest = candidates.map(\.score).max()!
        let weights = candidates.map { exp($0.score - highest) }
        let total = weights.reduce(0, +)
        let mean = zip(weights, candidates).reduce(0) { $0 + $1.0 / total * $1.1.knownQuality }
        return LossValue(value: -mean, gradients: zip(weights, candidates).map { -$0 / total * ($1.knownQuality - mean) })
            .adding(likelihood: likelihoodWeight(candidates[0]), of: candidates)
    }

    package func likelihoodWeight(_ chosen: Candidate) -> Double { lambda }
}
