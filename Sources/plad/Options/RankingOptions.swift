import ArgumentParser
import PladTraining

/// The flags for a loss and its optimiser, of `distill` and `train` alike.
struct RankingOptions: ParsableArguments {
    @OptionGroup var loss: LossOptions

    @Option(help: "The number of passes over the pairs.")
    var epochs = 1.0

    @Option(help: "The number of rounds of sampling, pairing and ranking.")
    var rounds = 1

    @Option(
        help: """
            The reaction to a collapsed ranking (the chosen side half as likely by token, completions that repeat themselves or twice as \
            long, numbers that are not finite): stop, roll back to the last good weights and continue with them, or do not check.
            """)
    var `guard` = CollapseAction.rollback

    @OptionGroup var optimiser: OptimiserOptions
}

struct OptimiserOptions: ParsableArguments {
    @Option(
        help:
            "AdamW's learning rate. By default 1e-5 for 100M parameters, and proportional to one over the square root of their number: 1e-4 for 1M."
    )
    var learningRate: Double?

    @Option(
        help:
            "The number of completions or pairs in an optimiser step. By default 32; in a run with few prompts fewer, so that the warm-up has 24 steps, but at least 4."
    )
    var batchSize: Int?

    @Option(help: "The course of the learning rate over the steps.")
    var schedule = Schedule.Shape.constant

    @Option(help: "The share of the steps in which the learning rate first rises.")
    var learningRateWarmUp = 0.0

    @Option(help: "AdamW's weight decay.")
    var weightDecay = 0.0

    @Option(help: "The largest norm of the gradient; larger ones are clipped. 0 for no clipping.")
    var clip = 1.0

    @Option(help: "The largest number of token rows in one pass; bounds memory, not the batch.")
    var rowsPerPass = 2048
}
