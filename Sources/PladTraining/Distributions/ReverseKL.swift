import Foundation

/// Reverse Kullback-Leibler divergence on the kept tokens, KL(q′ ‖ p) = Σ q′ · (log q′ − log p) with q′ = q / Σ q: the student is to say
/// only what the teacher would.
///
/// Over all tokens it would be infinite, since a truncated p is 0 on those left out; so q is renormalised over the kept ones, and how much
/// the student gives to others has no part. Nothing is left out with `topP` 1 and `topK` the vocabulary: then it is the usual one (MiniLLM,
/// arXiv 2306.08543, at one token). Its derivative by log q is q′ · (log q′ − log p − value).
package struct ReverseKL: DistributionLoss {
    package static let name = "reverse-kld"

    package init() {}

    package func callAsFunction(teacher: [Double], student: [Double], derivatives: inout [Double]) -> Double {
        let peak = student.max() ?? 0
        let total = peak + log(student.reduce(0) { $0 + exp($1 - peak) })
        var value = 0.0
        for index in teacher.indices { value += exp(student[index] - total) * (student[index] - total - teacher[index]) }
        for index in teacher.indices {
            derivatives[index] = exp(student[index] - total) * (student[index] - total - teacher[index] - value)
        }
        return value
    }
}
