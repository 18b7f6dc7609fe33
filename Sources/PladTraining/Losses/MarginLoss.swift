/// The rank loss with a margin that grows with the difference in quality: max(0, scale · (q_chosen − q_rejected) − chosen + rejected) −
/// λ · chosen, q the quality.
///
/// A sample nearly as good as the teacher's text is pushed down little. Its gradients are the rank loss's. Source: SLiC (arXiv
/// 2210.00045, section 2.4), the margin variant in PLaD's abstract; the quality is similarity to the teacher's text (ROUGE-L or chrF).
package struct MarginLoss: Loss {
    package static let name = "margin"
    package static let reads: LossInput = [.rejected, .quality]
    package static let defaults: LossSettings = [.scale: 3, .lambda: 1]

    let scale: Double
    let lambda: Double

    package init(complete settings: LossSettings) {
        scale = settings[.scale]
        lambda = settings[.lambda]
    }

    package func callAsFunction(_ candidates: [Candidate]) -> LossValue {
        let (chosen, rejected) = (candidates[0], candidates[1])
        return .hinge(scale * (chosen.knownQuality - rejected.knownQuality) - chosen.score + rejected.score)
            .adding(likelihood: likelihoodWeight(candidates[0]), of: candidates)
    }

    package func likelihoodWeight(_ chosen: Candidate) -> Double { lambda }
}
