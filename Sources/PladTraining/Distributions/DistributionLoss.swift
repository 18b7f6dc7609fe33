/// A loss between a teacher's and a student's distribution of one token: a function of the log-probabilities of the tokens kept.
///
/// p are the teacher's probabilities, which add up to 1 over the kept tokens and are 0 elsewhere; q are the student's over the whole
/// vocabulary, of which R = 1 − Σ q is not on kept tokens. Whatever the student says about single tokens outside of them has no part
/// but through R, so that a gradient by the kept tokens' log q is that by all logits (`HeadSupport`).
package protocol DistributionLoss: Sendable {
    /// Name in settings and reports.
    static var name: String { get }

    /// The value in nats (or as the loss says) at one position; sets `derivatives` to those by each entry of `student`.
    ///
    /// - Parameters:
    ///   - teacher: log p of each kept token.
    ///   - student: log q of the same.
    ///   - derivatives: as many numbers, to be overwritten.
    func callAsFunction(teacher: [Double], student: [Double], derivatives: inout [Double]) -> Double
}

/// All losses on distributions, by name.
package enum DistributionLosses {
    package static let names = [
        ForwardKL.name, ReverseKL.name, JensenShannon.name, SkewedKL.name, SkewedReverseKL.name, TotalVariation.name,
        DistributionNLL.name, LogProbabilityMSE.name,
    ]

    /// The loss of a name; nil if there is none.
    ///
    /// - Parameter skew: share of the other distribution in the skewed losses, above 0 and below 1.
    package static func named(_ name: String, skew: Double) -> (any DistributionLoss)? {
        switch name {
        case ForwardKL.name: ForwardKL()
        case ReverseKL.name: ReverseKL()
        case JensenShannon.name: JensenShannon()
        case SkewedKL.name: SkewedKL(skew: skew)
        case SkewedReverseKL.name: SkewedReverseKL(skew: skew)
        case TotalVariation.name: TotalVariation()
        case DistributionNLL.name: DistributionNLL()
        case LogProbabilityMSE.name: LogProbabilityMSE()
        default: nil
        }
    }
}
