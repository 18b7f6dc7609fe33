/// Hinges without a margin on all pairs of a prompt's candidates that differ in quality, and the likelihood of the best: Σ_{q_i < q_j}
/// max(0, score_i − score_j) − score_best, scores divided by the tokens.
///
/// Each pair in the wrong order adds 1 to the gradient of the worse and −1 to that of the better candidate. Source: RRHF (arXiv
/// 2304.05302, equations 2 to 4).
package struct RRHFLoss: Loss {
    package static let name = "rrhf"
    package static let reads: LossInput = [.group, .quality]
    package static let norms: [Norm] = [.mean]
    package static let defaults: LossSettings = [:]

    package init(complete settings: LossSettings) {}

    package func callAsFunction(_ candidates: [Candidate]) -> LossValue {
        var sum = LossValue(value: 0, gradients: candidates.map { _ in 0 })
        for better in candidates.indices {
            for worse in candidates.indices where candidates[worse].knownQuality < candidates[better].knownQuality {
                let excess = candidates[worse].score - candidates[better].score
                guard excess > 0 else { continue }
                sum.value += excess
                sum.gradients[worse] += 1
                sum.gradients[better] -= 1
            }
        }
        // Candidates come best first.
        return sum.adding(likelihood: likelihoodWeight(candidates[0]), of: candidates)
    }

    package func likelihoodWeight(_ chosen: Candidate) -> Double { 1 }
}
