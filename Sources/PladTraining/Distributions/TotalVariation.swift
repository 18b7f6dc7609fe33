import Foundation

/// Total variation distance ½ Σ |p − q|: the share of the probability that would have to move; between 0 and 1.
///
/// Tokens left out add ½ · R. Its derivative by log q is −q where q < p, and 0 where q > p: there the push down comes with what is
/// pushed up. Source: f-distill (arXiv 2307.15190), which has it for whole texts.
package struct TotalVariation: DistributionLoss {
    package static let name = "tvd"

    package init() {}

    package func callAsFunction(teacher: [Double], student: [Double], derivatives: inout [Double]) -> Double {
        var (value, rest) = (0.0, 1.0)
        for index in teacher.indices {
            let (p, q) = (exp(teacher[index]), exp(student[index]))
            value += 0.5 * abs(p - q)
            derivatives[index] = q < p ? -q : q > p ? 0 : -0.5 * q
            rest -= q
        }
        return value + 0.5 * rest
    }
}
