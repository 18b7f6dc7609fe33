/// Mean squared difference of the log-probabilities, Σ (log p − log q)² / K over the K kept tokens; nats².
///
/// Its derivative by log q is −2 · (log p − log q) / K. Every kept token weighs the same, however unlikely. Source: a name in pre-training
/// distillation (arXiv 2410.16215), which has the mean squared error among its losses; this formula is plad's reading of it.
package struct LogProbabilityMSE: DistributionLoss {
    package static let name = "mse"

    package init() {}

    package func callAsFunction(teacher: [Double], student: [Double], derivatives: inout [Double]) -> Double {
        var value = 0.0
        for index in teacher.indices {
            let gap = teacher[index] - student[index]
            value += gap * gap / Double(teacher.count)
            derivatives[index] = -2 * gap / Double(teacher.count)
        }
        return value
    }
}
