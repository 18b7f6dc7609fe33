import ArgumentParser

struct WarmUpOptions: ParsableArguments {
    @Option(help: "Passes over the teacher's answers before ranking.")
    var warmUpEpochs = 3.0

    @Option(help: "Learning rate of the warm-up. By default ten times the default of --learning-rate.")
    var warmUpLearningRate: Double?

    @Option(help: "Schedule of the warm-up: constant, cosine, linear or wsd.")
    var warmUpSchedule = "cosine"
}
