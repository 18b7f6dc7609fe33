import Foundation

/// Skewed reverse Kullback-Leibler divergence KL(q ‖ s · q + (1 − s) · p) with the share s: finite on tokens that the teacher left out.
///
/// Those have p = 0 and together add −R · log s. Its derivative by log q is q · (log (q/m) + 1 − s · q/m + log s) with m the mixture.
/// Source: DistiLLM (arXiv 2402.03898), where s is 0.1.
package struct SkewedReverseKL: DistributionLoss {
    package static let name = "skewed-reverse-kld"

    let skew: Double

    /// - Precondition: `skew` is above 0 and below 1.
    package init(skew: Double) {
        precondition(skew > 0 && skew < 1, "a skew of \(skew)")
        self.skew = skew
    }

    package func callAsFunction(teacher: [Double], student: [Double], derivatives: inout [Double]) -> Double {
        var (value, rest) = (0.0, 1.0)
        for index in teacher.indices {
            let (p, q) = (exp(teacher[index]), exp(student[index]))
            let mixture = skew * q + (1 - skew) * p
            let gap = q > 0 ? student[index] - log(mixture) : 0
            value += q * gap
            derivatives[index] = q > 0 ? q * (gap + 1 - skew * q / mixture + log(skew)) : 0
            rest -= q
        }
        return value - rest * log(skew)
    }
}
