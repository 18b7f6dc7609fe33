import ArgumentParser
import PladTraining

/// The flags for a loss and its optimiser, of `distill` and `train` alike.
struct RankingOptions: ParsableArguments {
    @OptionGroup var loss: LossOptions

    @Option(help: "Passes over the pairs.")
    var epochs = 1.0

    @Option(help: "Rounds of sampling, pairing and ranking.")
    var rounds = 1

    @Option(
        help: """
            When a ranking collapses (the chosen side half as likely a token, answers that repeat themselves or twice as \
            long, numbers that are none): stop, roll back to the last good weights and go on with them, or do not look.
            """)
    var `guard` = CollapseAction.rollback

    @OptionGroup var optimiser: OptimiserOptions
}

struct OptimiserOptions: ParsableArguments {
    @Option(help: "AdamW's learning rate. By default 1e-5 for 100M parameters, growing with the root of the shrinking size: 1e-4 for 1M.")
    var learningRate: Double?

    @Option(
        help:
            "Completions or pairs per optimiser step. By default 32; in a run with few prompts fewer, so that the warm-up has 24 steps, but at least 4."
    )
    var batchSize: Int?

    @Option(help: "How the learning rate moves over the steps.")
    var schedule = Schedule.Shape.constant

    @Option(help: "Share of the steps over which the learning rate first rises.")
    var learningRateWarmUp = 0.0

    @Option(help: "AdamW's weight decay.")
    var weightDecay = 0.0

    @Option(help: "Cut the gradient's norm to this; 0 leaves it.")
    var clip = 1.0

    @Option(help: "The most token rows computed at once; bounds memory, not the batch.")
    var rowsPerPass = 2048
}
