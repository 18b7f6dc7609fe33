/// Logistic loss on the gap of a pair per token, with a margin, without a reference: −log σ(β · (chosen − rejected) − γ) − λ · chosen,
/// scores divided by the tokens.
///
/// With z the argument of σ, its gradients are ∓β · σ(−z), with −λ added by the chosen score. Source: SimPO (arXiv 2405.14734, equation
/// 6), which advises β from 2 to 10 and γ of about half that.
package struct SimPOLoss: Loss {
    package static let name = "simpo"
    package static let reads: LossInput = .rejected
    package static let norms: [Norm] = [.mean]
    package static let defaults: LossSettings = [.beta: 2, .gamma: 1, .lambda: 0]

    let beta: Double
    let gamma: Double
    let lambda: Double

    package init(complete settings: LossSettings) {
        beta = settings[.beta]
        gamma = settings[.gamma]
        lambda = settings[.lambda]
    }

    package func callAsFunction(_ candidates: [Candidate]) -> LossValue {
        .logistic(beta * (candidates[0].score - candidates[1].score) - gamma, slope: beta).adding(
            likelihood: likelihoodWeight(candidates[0]), of: candidates)
    }

    package func likelihoodWeight(_ chosen: Candidate) -> Double { lambda }
}
