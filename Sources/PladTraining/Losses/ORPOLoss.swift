import Foundation

/// The likelihood of the chosen side, and the logistic loss on the ratio of the odds of a pair: −chosen − α · log σ(odds(chosen) −
/// odds(rejected)), odds(p) = p − log(1 − e^p), p the mean log-probability of a token.
///
/// With z the argument of σ, its gradient by the chosen score is −1 − α · σ(−z) / (1 − e^chosen), by the rejected one α · σ(−z) / (1 −
/// e^rejected). Source: ORPO (arXiv 2403.07691, equations 4 to 7), whose λ is α here.
package struct ORPOLoss: Loss {
    package static let name = "orpo"
    package static let reads: LossInput = .rejected
    package static let norms: [Norm] = [.mean]
    package static let defaults: LossSettings = [.alpha: 0.1]

    let alpha: Double

    package init(complete settings: LossSettings) {
        alpha = settings[.alpha]
    }

    /// Largest log-probability used: probability 1, to which float32 values do round, would have infinite odds.
    private static let certainty = -1e-7

    package func callAsFunction(_ candidates: [Candidate]) -> LossValue {
        let (chosen, rejected) = (min(candidates[0].score, Self.certainty), min(candidates[1].score, Self.certainty))
        let z = (chosen - log(-expm1(chosen))) - (rejected - log(-expm1(rejected)))
        let weight = alpha * sigmoid(-z)
        return LossValue(value: -alpha * logSigmoid(z), gradients: [weight / expm1(chosen), -weight / expm1(rejected)])
            .adding(likelihood: likelihoodWeight(candidates[0]), of: candidates)
    }

    package func likelihoodWeight(_ chosen: Candidate) -> Double { 1 }
}
