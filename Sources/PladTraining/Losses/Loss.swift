/// A function of the scores of one prompt's candidates, to be made small. The first candidate is the chosen one.
///
/// The trainer knows no loss by name: a new one is a file beside this one and its line in `Losses.all`.
package protocol Loss: Sendable {
    /// What `--loss` calls it.
    static var name: String { get }
    /// What it must be given beside the chosen candidate's score.
    static var reads: LossInput { get }
    /// How scores may be formed, the usual way first; a loss that is defined by one of them takes that alone.
    static var norms: [Norm] { get }
    /// What the sum over a batch is divided by.
    static var reduction: Reduction { get }
    /// The numbers it takes, each a flag of that name, with plad's defaults.
    static var defaults: LossSettings { get }

    /// - Precondition: `settings` has every number of `defaults`.
    init(complete settings: LossSettings)

    /// The loss of one prompt. Its gradients are by the scores, one for each candidate.
    func callAsFunction(_ candidates: [Candidate]) -> LossValue

    /// The weight of −score of the chosen candidate in the loss: the term that keeps its likelihood up, ranked or not. 0 for none.
    func likelihoodWeight(_ chosen: Candidate) -> Double
}

extension Loss {
    package static var reduction: Reduction { .pairs }
    package static var norms: [Norm] { [.sum, .mean] }
    /// Whether a rejected completion is needed beside the chosen one.
    package static var ranks: Bool { !reads.isDisjoint(with: [.rejected, .group]) }

    /// The loss of a prompt that may have nothing to rank: a chosen candidate that stands alone keeps its likelihood term.
    ///
    /// So a pair that is not ranked (both sides the same, say) weighs in the likelihood part as much as one that is: leaving pairs
    /// out of the ranking never changes which texts are kept likely.
    ///
    /// - Parameter keepsChosen: false takes the likelihood term out, for a pair of two samples of which neither is to be kept likely.
    package func value(of candidates: [Candidate], keepsChosen: Bool = true) -> LossValue {
        let weight = likelihoodWeight(candidates[0])
        guard Self.ranks, candidates.count == 1 else {
            return keepsChosen || !Self.ranks ? self(candidates) : self(candidates).adding(likelihood: -weight, of: candidates)
        }
        return LossValue(value: 0, gradients: [0]).adding(likelihood: keepsChosen ? weight : 0, of: candidates)
    }

    /// With the loss's defaults where `settings` says nothing.
    package init(_ settings: LossSettings = [:]) {
        self.init(complete: Self.defaults.merging(settings))
    }
}

/// What a loss is given beside the score of the chosen candidate.
package struct LossInput: OptionSet, Sendable {
    package let rawValue: Int
    package init(rawValue: Int) { self.rawValue = rawValue }

    /// One rejected candidate.
    package static let rejected = LossInput(rawValue: 1)
    /// All rejected candidates of the prompt at once, best first.
    package static let group = LossInput(rawValue: 2)
    /// The log-probabilities of the student before this training.
    package static let reference = LossInput(rawValue: 4)
    /// How good each candidate is.
    package static let quality = LossInput(rawValue: 8)
}

/// What the sum of a loss over a batch is divided by.
package enum Reduction: Sendable {
    /// The number of prompts.
    case pairs
    /// The number of tokens of all chosen completions.
    case tokens
}
