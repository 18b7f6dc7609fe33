import Foundation

/// Jensen-Shannon divergence ½ KL(p ‖ m) + ½ KL(q ‖ m) with m = (p + q) / 2: symmetric, between 0 and log 2.
///
/// Tokens left out have p = 0 and so q/m = 2: together they add ½ · R · log 2. Its derivative by log q is ½ · q · (log (q/m) − log 2).
/// Source: Lin 1991; for language models Agarwal et al. (arXiv 2306.13649) at β ½.
package struct JensenShannon: DistributionLoss {
    package static let name = "jsd"

    package init() {}

    package func callAsFunction(teacher: [Double], student: [Double], derivatives: inout [Double]) -> Double {
        var (value, rest) = (0.0, 1.0)
        for index in teacher.indices {
            let (p, q) = (exp(teacher[index]), exp(student[index]))
            let middle = log((p + q) / 2)
            // Where both are so small that they are 0, so is what they add.
            if p + q > 0 { value += 0.5 * (p * (teacher[index] - middle) + q * (student[index] - middle)) }
            derivatives[index] = p + q > 0 ? 0.5 * q * (student[index] - middle - log(2)) : 0
            rest -= q
        }
        return value + 0.5 * rest * log(2)
    }
}
