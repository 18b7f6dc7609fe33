import Foundation

/// The value of a loss at one prompt and its derivatives.
package struct LossValue: Sendable, Hashable {
    package var value: Double
    /// Derivatives d value / d score, one for each candidate.
    package var gradients: [Double]

    package init(value: Double, gradients: [Double]) {
        self.value = value
        self.gradients = gradients
    }

    /// The hinge max(0, shortfall) of a pair, where `shortfall` falls by `slope` for every nat of the gap chosen − rejected.
    ///
    /// At the corner the derivative is that of the flat side, as in PyTorch's relu.
    static func hinge(_ shortfall: Double, slope: Double = 1) -> LossValue {
        let active: Double = shortfall > 0 ? slope : 0
        return LossValue(value: max(0, shortfall), gradients: [-active, active])
    }

    /// The logistic loss −log σ(z) of a pair, where z grows by `slope` for every nat of the gap chosen − rejected.
    static func logistic(_ z: Double, slope: Double) -> LossValue {
        let weight = slope * sigmoid(-z)
        return LossValue(value: -logSigmoid(z), gradients: [-weight, weight])
    }

    /// The sum of this loss and `weight` times the negative score of the chosen candidate, the term that keeps it likely.
    func adding(likelihood weight: Double, of candidates: [Candidate]) -> LossValue {
        var sum = self
        sum.value -= weight * candidates[0].score
        sum.gradients[0] -= weight
        return sum
    }
}

/// The sigmoid 1 / (1 + e^−x), without overflow.
func sigmoid(_ x: Double) -> Double {
    x >= 0 ? 1 / (1 + exp(-x)) : exp(x) / (1 + exp(x))
}

/// The logarithm of the sigmoid, without overflow and accurate far from 0.
func logSigmoid(_ x: Double) -> Double {
    min(x, 0) - log1p(exp(-abs(x)))
}
