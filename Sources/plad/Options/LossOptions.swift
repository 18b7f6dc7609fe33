import ArgumentParser
import PladTraining

/// The flags for a loss and its parameters; the defaults of the latter depend on the loss.
struct LossOptions: ParsableArguments {
    @Option(help: ArgumentHelp(stringLiteral: LossHelp.names), completion: .losses)
    var loss = RankLoss.name

    @Option(help: "The nats by which the chosen score should exceed the rejected one (PLaD's beta): \(LossHelp.defaults(.margin)).")
    var margin: Double?

    @Option(
        help: """
            The weight of the chosen completion's negative log-likelihood beside the ranking: \(LossHelp.defaults(.lambda)) \
            (docs/experiments.md says why).
            """)
    var lambda: Double?

    @Option(help: "Inverse temperature: \(LossHelp.defaults(.beta)).")
    var beta: Double?

    @Option(help: "The slope of hinge-norm, or the margin of simpo: \(LossHelp.defaults(.gamma)).")
    var gamma: Double?

    @Option(help: "The weight of cpo's likelihood term, or of orpo's odds ratio: \(LossHelp.defaults(.alpha)).")
    var alpha: Double?

    @Option(help: "The margin in nats for a difference of 1 in ROUGE-L or chrF to the chosen text: \(LossHelp.defaults(.scale)).")
    var scale: Double?

    @Option(
        help: """
            The score of a completion: the sum of its token log-probabilities, or their mean. By default sum; \(LossHelp.byTheMean) \
            are defined by the mean.
            """)
    var norm: Norm?
}
