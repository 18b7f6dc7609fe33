import ArgumentParser
import PladTraining

struct WarmUpOptions: ParsableArguments {
    @Option(help: "The number of passes over the teacher's completions before ranking.")
    var warmUpEpochs = 3.0

    @Option(help: "The learning rate of the warm-up. By default ten times the default of --learning-rate.")
    var warmUpLearningRate: Double?

    @Option(help: "The course of the learning rate over the warm-up.")
    var warmUpSchedule = Schedule.Shape.cosine
}
