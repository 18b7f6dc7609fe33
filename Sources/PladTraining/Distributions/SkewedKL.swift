import Foundation

/// Skewed Kullback-Leibler divergence KL(p ‖ s · p + (1 − s) · q) with the share s: like the forward one, but bounded where q is near 0.
///
/// Its derivative by log q is −(1 − s) · p · q / (s · p + (1 − s) · q). Source: DistiLLM (arXiv 2402.03898), where s is 0.1.
package struct SkewedKL: DistributionLoss {
    package static let name = "skewed-kld"

    let skew: Double

    /// - Precondition: `skew` is above 0 and below 1.
    package init(skew: Double) {
        precondition(skew > 0 && skew < 1, "a skew of \(skew)")
        self.skew = skew
    }

    package func callAsFunction(teacher: [Double], student: [Double], derivatives: inout [Double]) -> Double {
        var value = 0.0
        for index in teacher.indices {
            let (p, q) = (exp(teacher[index]), exp(student[index]))
            let mixture = skew * p + (1 - skew) * q
            if p > 0 { value += p * (teacher[index] - log(mixture)) }
            derivatives[index] = p > 0 ? -(1 - skew) * p * q / mixture : 0
        }
        return value
    }
}
