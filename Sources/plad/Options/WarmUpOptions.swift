import ArgumentParser
import PladTraining

struct WarmUpOptions: ParsableArguments {
    @Option(help: "Passes over the teacher's answers before ranking.")
    var warmUpEpochs = 3.0

    @Option(help: "Learning rate of the warm-up. By default ten times the default of --learning-rate.")
    var warmUpLearningRate: Double?

    @Option(help: "How the learning rate moves over the warm-up.")
    var warmUpSchedule = Schedule.Shape.cosine
}
