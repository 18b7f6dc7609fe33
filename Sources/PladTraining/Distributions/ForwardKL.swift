import Foundation

/// Forward Kullback-Leibler divergence KL(p ‖ q) = Σ p · (log p − log q): the student is to cover all that the teacher says.
///
/// Its derivative by log q is −p. Source: Hinton et al. (arXiv 1503.02531); the loss of pre-training distillation (arXiv 2410.16215).
package struct ForwardKL: DistributionLoss {
    package static let name = "kld"

    package init() {}

    package func callAsFunction(teacher: [Double], student: [Double], derivatives: inout [Double]) -> Double {
        var value = 0.0
        for index in teacher.indices {
            let p = exp(teacher[index])
            value += p * (teacher[index] - student[index])
            derivatives[index] = -p
        }
        return value
    }
}
