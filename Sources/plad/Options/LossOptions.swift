import ArgumentParser

/// Which loss, and its numbers: those that are not given follow from the loss.
struct LossOptions: ParsableArguments {
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
