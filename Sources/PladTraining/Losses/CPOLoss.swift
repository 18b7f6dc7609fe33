/// Logistic loss on the gap of a pair, and the likelihood of the chosen side per token: −log σ(β · (chosen − rejected)) − α · chosen /
/// tokens.
///
/// With z the argument of σ, its gradients are ∓β · σ(−z), with −α / tokens added by the chosen score. Source: CPO (arXiv 2401.08417,
/// equations 3 and 4). TRL averages the likelihood over all tokens of a batch; here each pair has the same weight.
package struct CPOLoss: Loss {
    package static let name = "cpo"
    package static let reads: LossInput = .rejected
    package static let norms: [Norm] = [.sum]
    package static let defaults: LossSettings = [.beta: 0.1, .alpha: 1]

    let beta: Double
    let alpha: Double

    package init(complete settings: LossSettings) {
        beta = settings[.beta]
        alpha = settings[.alpha]
    }

    package func callAsFunction(_ candidates: [Candidate]) -> LossValue {
        .logistic(beta * (candidates[0].score - candidates[1].score), slope: beta)
            .adding(likelihood: likelihoodWeight(candidates[0]), of: candidates)
    }

    package func likelihoodWeight(_ chosen: Candidate) -> Double { alpha / Double(chosen.tokens) }
}
