/// DPO with the teacher as reference, each text by its length: −log σ(β · (gain of chosen − gain of rejected)), gain = log q / |y| −
/// log p / |y|, with q the student and p the teacher.
///
/// With z the argument of σ, its gradients by the scores are ∓β · σ(−z). The chosen text is the teacher's, the rejected one the student's.
/// Source: DPKD (arXiv 2406.19774, equation 9), without its term of plain text, which is `TextTerm`. What DPKD's released code computes is
/// another loss, `DPKDTokenLoss`.
package struct DPKDLoss: Loss {
    package static let name = "dpkd"
    package static let reads: LossInput = [.rejected, .reference, .teacher]
    package static let norms: [Norm] = [.mean]
    package static let defaults: LossSettings = [.beta: 0.1]

    let beta: Double

    package init(complete settings: LossSettings) { beta = settings[.beta] }

    package func callAsFunction(_ candidates: [Candidate]) -> LossValue {
        .logistic(beta * (candidates[0].gain - candidates[1].gain), slope: beta)
    }

    package func likelihoodWeight(_ chosen: Candidate) -> Double { 0 }
}
