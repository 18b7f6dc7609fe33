/// Hinge on the gap between the scores of a pair, with a likelihood term on the chosen side: max(0, margin − chosen + rejected) − λ ·
/// chosen.
///
/// A pair whose gap already exceeds `margin` contributes nothing through the hinge; otherwise the gradient is −1 by the chosen and 1 by
/// the rejected score. Source: PLaD (arXiv 2406.02886) and SLiC-HF (arXiv 2305.10425). PLaD calls the margin β; that letter is kept for
/// DPO's inverse temperature.
package struct RankLoss: Loss {
    package static let name = "rank"
    package static let reads: LossInput = .rejected
    package static let defaults: LossSettings = [.margin: 1, .lambda: 1]

    let margin: Double
    let lambda: Double

    package init(complete settings: LossSettings) {
        margin = settings[.margin]
        lambda = settings[.lambda]
    }

    package func callAsFunction(_ candidates: [Candidate]) -> LossValue {
        .hinge(margin - candidates[0].score + candidates[1].score).adding(likelihood: likelihoodWeight(candidates[0]), of: candidates)
    }

    package func likelihoodWeight(_ chosen: Candidate) -> Double { lambda }
}
