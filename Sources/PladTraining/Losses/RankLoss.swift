/// Hinge on the gap between the scores of a pair, with a likelihood term on the chosen side:
/// max(0, margin − chosen + rejected) − λ · chosen.
///
/// A pair whose gap already exceeds `margin` contributes nothing through the hinge. Source: PLaD (arXiv 2406.02886)
/// and SLiC-HF (arXiv 2305.10425). PLaD calls the margin β; that letter is kept for DPO's inverse temperature.
package struct RankLoss: Loss {
    package static let name = "rank"
    package static let ranks = true
    package static let reduction = Reduction.pairs

    package let margin: Double
    package let lambda: Double

    package init(_ settings: LossSettings) {
        margin = settings.margin
        lambda = settings.lambda
    }

    package func callAsFunction(_ candidates: [Candidate]) -> LossValue {
        let (chosen, rejected) = (candidates[0].score, candidates[1].score)
        let hinge = margin - chosen + rejected
        // At the corner the derivative of the flat side is taken, as PyTorch's relu does.
        let slope: Double = hinge > 0 ? 1 : 0
        return LossValue(value: slope * hinge - lambda * chosen, gradients: [-slope - lambda, slope])
    }
}
