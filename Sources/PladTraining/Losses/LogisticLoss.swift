/// Logistic loss on the gap of a pair, without a reference: −log σ(β · (chosen − rejected)) − λ · chosen.
///
/// Its gradient by the chosen score is −β · σ(−β · gap) − λ, by the rejected one β · σ(−β · gap), which never vanish. Source: RSO
/// (arXiv 2309.06657, table 1, sigmoid-norm without its reference).
package struct LogisticLoss: Loss {
    package static let name = "logistic"
    package static let reads: LossInput = .rejected
    package static let defaults: LossSettings = [.beta: 0.1, .lambda: 0]

    let beta: Double
    let lambda: Double

    package init(complete settings: LossSettings) {
        beta = settings[.beta]
        lambda = settings[.lambda]
    }

    package func callAsFunction(_ candidates: [Candidate]) -> LossValue {
        .logistic(beta * (candidates[0].score - candidates[1].score), slope: beta).adding(
            likelihood: likelihoodWeight(candidates[0]), of: candidates)
    }

    package func likelihoodWeight(_ chosen: Candidate) -> Double { lambda }
}
