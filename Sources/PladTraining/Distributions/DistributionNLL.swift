import Foundation

/// Negative log-likelihood of the student under the teacher's distribution: −Σ p · log q, `ForwardKL` and the teacher's entropy.
///
/// Its gradient is that of `ForwardKL`. Source: a name in pre-training distillation (arXiv 2410.16215); this formula is plad's reading
/// of it.
package struct DistributionNLL: DistributionLoss {
    package static let name = "nll"

    package init() {}

    package func callAsFunction(teacher: [Double], student: [Double], derivatives: inout [Double]) -> Double {
        var value = 0.0
        for index in teacher.indices {
            let p = exp(teacher[index])
            value -= p * student[index]
            derivatives[index] = -p
        }
        return value
    }
}
