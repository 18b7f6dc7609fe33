/// Hinges on all gaps among a prompt's candidates, best first, with margins that grow with the distance in rank: Σ_{i<j} max(0, margin
/// · (j − i) − score_i + score_j) − λ · score_0.
///
/// Each hinge within its margin adds −1 to the gradient of the better and 1 to that of the worse candidate. Candidates of equal quality
/// have no hinge. Source: BRIO (arXiv 2203.16804, equation 8), list-wise calibration of SLiC (arXiv 2210.00045).
package struct ListLoss: Loss {
    package static let name = "list"
    package static let reads: LossInput = [.group, .quality]
    package static let defaults: LossSettings = [.margin: 1, .lambda: 1]

    let margin: Double
    let lambda: Double

    package init(complete settings: LossSettings) {
        margin = settings[.margin]
        lambda = settings[.lambda]
    }

    package func callAsFunction(_ candidates: [Candidate]) -> LossValue {
        var sum = LossValue(value: 0, gradients: candidates.map { _ in 0 })
        for i in candidates.indices {
            for j in candidates.indices[(i + 1)...] where candidates[i].knownQuality > candidates[j].knownQuality {
                let shortfall = margin * Double(j - i) - candidates[i].score + candidates[j].score
                guard shortfall > 0 else { continue }
                sum.value += shortfall
                sum.gradients[i] -= 1
                sum.gradients[j] += 1
            }
        }
        return sum.adding(likelihood: likelihoodWeight(candidates[0]), of: candidates)
    }

    package func likelihoodWeight(_ chosen: Candidate) -> Double { lambda }
}
