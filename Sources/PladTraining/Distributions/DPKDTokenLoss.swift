/// The loss of DPKD's released code at one token: −log σ(β · ((log q(y_T) − log q(y_S)) − (log p(y_T) − log p(y_S)))), where y_T is the
/// likeliest token of the teacher p and y_S that of the student q at this position of a given text.
///
/// Where both are the same token it is log 2 and has no gradient. With z the argument of σ, its derivatives are −β · σ(−z) by log q(y_T)
/// and as much upwards by log q(y_S). Source: LMOps, dpkd, beside arXiv 2406.19774, whose equation 9 is `DPKDLoss`, of whole texts.
package struct DPKDTokenLoss: DistributionLoss {
    package static let name = "dpkd-tokens"

    let beta: Double

    package init(beta: Double = 0.1) { self.beta = beta }

    /// - Precondition: y_T is the first token, and y_S the second unless it is the same.
    package func callAsFunction(teacher: [Double], student: [Double], derivatives: inout [Double]) -> Double {
        guard teacher.count == 2 else {
            precondition(teacher.count == 1, "\(teacher.count) tokens, not the likeliest of the teacher and of the student")
            derivatives[0] = 0
            return -logSigmoid(0)
        }
        let z = beta * ((student[0] - student[1]) - (teacher[0] - teacher[1]))
        derivatives[0] = -beta * sigmoid(-z)
        derivatives[1] = beta * sigmoid(-z)
        return -logSigmoid(z)
    }
}
