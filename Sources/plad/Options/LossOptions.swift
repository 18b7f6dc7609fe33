import ArgumentParser
import PladTraining

/// Which loss, and its numbers: those that are not given follow from the loss.
struct LossOptions: ParsableArguments, Encodable {
    @Option(
        help: """
            The loss: rank, margin, logistic, hinge-norm, dpo, ipo, simpo, cpo or orpo of pairs; list, expected-reward or \
            rrhf of all samples of a prompt; sft is likelihood alone.
            """)
    var loss = "rank"

    @Option(help: "By how many nats the chosen score should exceed the rejected one (PLaD's beta): rank 1, list 1.")
    var margin: Double?

    @Option(
        help: """
            Weight of the chosen completion's negative log-likelihood beside the ranking: rank, margin and list 1 \
            (docs/experiments.md says why), expected-reward 0.1; logistic, hinge-norm, dpo, ipo and simpo 0.
            """)
    var lambda: Double?

    @Option(help: "Inverse temperature: logistic, dpo, ipo and cpo 0.1, simpo 2.")
    var beta: Double?

    @Option(help: "Steepness of hinge-norm, 0.05; the margin of simpo, 1.")
    var gamma: Double?

    @Option(help: "Weight of cpo's likelihood term, 1, or of orpo's odds, 0.1.")
    var alpha: Double?

    @Option(help: "Nats of margin for a difference of 1 in ROUGE-L or chrF to the chosen text: margin 3.")
    var scale: Double?

    @Option(
        help: """
            Score of a completion: sum of its token log-probabilities, or their mean. By default sum; ipo, simpo, orpo \
            and rrhf are defined by the mean.
            """)
    var norm: String?
}

/// A loss with all it needs to be known.
struct ResolvedLoss {
    var type: any Loss.Type
    var settings: LossSettings
    var norm: Norm

    var loss: any Loss { type.init(settings) }
}

extension LossOptions {
    private static var numbers: [(LossParameter, WritableKeyPath<LossOptions, Double?>)] {
        [(.margin, \.margin), (.lambda, \.lambda), (.beta, \.beta), (.gamma, \.gamma), (.alpha, \.alpha), (.scale, \.scale)]
    }

    /// Throws `TrainingError.setting` for a name that no loss has, a number that the loss does not take or that is out of range.
    func resolved() throws -> ResolvedLoss {
        let type = try Losses.named(loss)
        let given = Self.numbers.compactMap { parameter, path in self[keyPath: path].map { (parameter, $0) } }
        return ResolvedLoss(
            type: type, settings: try Losses.settings(of: type, given: LossSettings(Dictionary(uniqueKeysWithValues: given))),
            norm: try Losses.norm(of: type, given: try norm.map { try choice($0, "norm") }))
    }

    /// Puts the loss's own numbers where none are given, so that a record says what was computed.
    mutating func fill() throws {
        let resolved = try resolved()
        for (parameter, path) in Self.numbers { self[keyPath: path] = resolved.settings.values[parameter] }
        norm = resolved.norm.rawValue
    }
}
