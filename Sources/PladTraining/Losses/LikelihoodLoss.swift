/// Negative log-likelihood of the chosen completion, per token of the batch: supervised fine-tuning, and on a
/// teacher's text sequence-level distillation (SeqKD, arXiv 1606.07947), PLaD's warm-up.
package struct LikelihoodLoss: Loss {
    package static let name = "sft"
    package static let reads: LossInput = []
    package static let norms: [Norm] = [.sum]
    package static let reduction = Reduction.tokens
    package static let defaults: LossSettings = [:]

    package init(complete settings: LossSettings) {}

    package func callAsFunction(_ candidates: [Candidate]) -> LossValue {
        LossValue(value: -candidates[0].score, gradients: [-1] + candidates.dropFirst().map { _ in 0 })
    }

    package func likelihoodWeight(_ chosen: Candidate) -> Double { 1 }
}
