/// Logistic loss on how much further apart a pair is than under the student before this training: −log σ(β · (gain of chosen − gain of
/// rejected)) − λ · chosen, gain = score − reference score.
///
/// With z the argument of σ, its gradients are ∓β · σ(−z), with −λ added by the chosen score. Source: DPO (arXiv 2305.18290, equation
/// 7); λ above 0 adds the likelihood term of RPO (arXiv 2404.19733).
package struct DPOLoss: Loss {
    package static let name = "dpo"
    package static let reads: LossInput = [.rejected, .reference]
    package static let defaults: LossSettings = [.beta: 0.1, .lambda: 0]

    let beta: Double
    let lambda: Double

    package init(complete settings: LossSettings) {
        beta = settings[.beta]
        lambda = settings[.lambda]
    }

    package func callAsFunction(_ candidates: [Candidate]) -> LossValue {
        .logistic(beta * (candidates[0].gain - candidates[1].gain), slope: beta).adding(
            likelihood: likelihoodWeight(candidates[0]), of: candidates)
    }

    package func likelihoodWeight(_ chosen: Candidate) -> Double { lambda }
}
