import ArgumentParser

struct RunOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The run's folder.", valueName: "run"), completion: .directory)
    var out: String?

    @Option(help: "The seed of every random stream.")
    var seed: UInt64 = 0

    @Option(
        help: ArgumentHelp("A YAML file of flags without their dashes; flags on the command line override it.", valueName: "file"),
        completion: .file())
    var config: String?

    @Option(help: "The seconds between checkpoints of training.")
    var checkpointSeconds = 60.0

    @Flag(help: "Print results as JSON.")
    var json = false
}
