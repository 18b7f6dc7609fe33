/// Squared distance of a pair's widening from its target 1/(2β): ((gain of chosen − gain of rejected) − 1/(2β))² − λ · chosen, gain =
/// score − reference score, per token.
///
/// With d the difference in brackets, its gradients are ±2d: a pair that is too far apart is drawn together again. Source: IPO (arXiv
/// 2310.12036, equation 17, whose τ is β here), averaged over tokens as TRL does.
package struct IPOLoss: Loss {
    package static let name = "ipo"
    package static let reads: LossInput = [.rejected, .reference]
    package static let norms: [Norm] = [.mean]
    package static let defaults: LossSettings = [.beta: 0.1, .lambda: 0]

    let beta: Double
    let lambda: Double

    package init(complete settings: LossSettings) {
        beta = settings[.beta]
        lambda = settings[.lambda]
    }

    package func callAsFunction(_ candidates: [Candidate]) -> LossValue {
        let distance = candidates[0].gain - candidates[1].gain - 1 / (2 * beta)
        return LossValue(value: distance * distance, gradients: [2 * distance, -2 * distance])
            .adding(likelihood: likelihoodWeight(candidates[0]), of: candidates)
    }

    package func likelihoodWeight(_ chosen: Candidate) -> Double { lambda }
}
