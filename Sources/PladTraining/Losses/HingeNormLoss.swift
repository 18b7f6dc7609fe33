/// Hinge on how much further apart a pair is than under the student before this training: max(0, 1 − γ · (gain of chosen − gain of
/// rejected)) − λ · chosen, gain = score − reference score.
///
/// Its gradients are ∓γ while the widening is below 1/γ nats, and 0 beyond. Source: RSO (arXiv 2309.06657, equation 10); TRL calls it
/// DPO's hinge.
package struct HingeNormLoss: Loss {
    package static let name = "hinge-norm"
    package static let reads: LossInput = [.rejected, .reference]
    package static let defaults: LossSettings = [.gamma: 0.05, .lambda: 0]

    let gamma: Double
    let lambda: Double

    package init(complete settings: LossSettings) {
        gamma = settings[.gamma]
        lambda = settings[.lambda]
    }

    package func callAsFunction(_ candidates: [Candidate]) -> LossValue {
        .hinge(1 - gamma * (candidates[0].gain - candidates[1].gain), slope: gamma).adding(
            likelihood: likelihoodWeight(candidates[0]), of: candidates)
    }

    package func likelihoodWeight(_ chosen: Candidate) -> Double { lambda }
}
