/// A loss function of the scores of one prompt's candidates. The first candidate is the chosen one.
///
/// The trainer depends on no particular loss: a new one is a file beside this one and its line in `Losses.all`.
package protocol Loss: Sendable {
    /// Name of the loss in settings (`ranking.loss`).
    static var name: String { get }
    /// Inputs beside the chosen candidate's score.
    static var reads: LossInput { get }
    /// Norms that the loss allows, the default first; a loss that is defined by one allows only that.
    static var norms: [Norm] { get }
    /// Divisor of the sum over a batch.
    static var reduction: Reduction { get }
    /// Parameters of the loss, each a setting of that name, with their defaults.
    static var defaults: LossSettings { get }

    /// - Precondition: `settings` has every number of `defaults`.
    init(complete settings: LossSettings)

    /// Computes the loss of one prompt and its gradients, one by each candidate's score.
    func callAsFunction(_ candidates: [Candidate]) -> LossValue

    /// The weight of −score of the chosen candidate in the loss, the term that keeps it likely, ranked or not; 0 for none.
    func likelihoodWeight(_ chosen: Candidate) -> Double
}

extension Loss {
    package static var reduction: Reduction { .pairs }
    package static var norms: [Norm] { [.sum, .mean] }
    /// True if the loss needs a rejected completion beside the chosen one.
    package static var ranks: Bool { !reads.isDisjoint(with: [.rejected, .group]) }

    /// The loss of a prompt that may have nothing to rank: a chosen candidate without rejected ones has its likelihood term only.
    ///
    /// So a pair that is not ranked (for example with equal sides) has the same weight in the likelihood term as one that is: leaving
    /// pairs out of the ranking does not change which texts are kept likely.
    ///
    /// - Parameter keepsChosen: false to leave the likelihood term out, for a pair of two samples, neither of which is to be kept
    ///   likely.
    package func value(of candidates: [Candidate], keepsChosen: Bool = true) -> LossValue {
        let weight = likelihoodWeight(candidates[0])
        guard Self.ranks, candidates.count == 1 else {
            return keepsChosen || !Self.ranks ? self(candidates) : self(candidates).adding(likelihood: -weight, of: candidates)
        }
        return LossValue(value: 0, gradients: [0]).adding(likelihood: keepsChosen ? weight : 0, of: candidates)
    }

    /// Makes the loss with defaults for the parameters that `settings` lacks.
    package init(_ settings: LossSettings = [:]) {
        self.init(complete: Self.defaults.merging(settings))
    }
}

/// The inputs of a loss beside the score of the chosen candidate.
package struct LossInput: OptionSet, Sendable {
    package let rawValue: Int
    package init(rawValue: Int) { self.rawValue = rawValue }

    /// One rejected candidate.
    package static let rejected = LossInput(rawValue: 1)
    /// All rejected candidates of the prompt at once, best first.
    package static let group = LossInput(rawValue: 2)
    /// The log-probabilities of the student before this training.
    package static let reference = LossInput(rawValue: 4)
    /// The quality of each candidate.
    package static let quality = LossInput(rawValue: 8)
    /// References of a teacher in place of the student before this training.
    package static let teacher = LossInput(rawValue: 16)
}

/// The divisor of the sum of a loss over a batch.
package enum Reduction: Sendable {
    /// The number of prompts.
    case pairs
    /// The number of tokens of all chosen completions.
    case tokens
}
