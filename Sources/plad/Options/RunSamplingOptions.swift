import ArgumentParser

struct RunSamplingOptions: ParsableArguments {
    @Option(name: [.long, .customLong("candidates")], help: "Samples of the student for each prompt.")
    var samples = 1

    @Option(
        help: """
            The student's sampling temperature. Below 1 its samples are likelier than the teacher's text, and ranking mostly \
            pushes them down (docs/experiments.md).
            """)
    var temperature = 1.0

    @Option(help: "Only the k most likely tokens are drawn from; 0 keeps all.")
    var topK = 0

    @Option(help: "Only the most likely tokens that reach this probability are drawn from; 1 keeps all.")
    var topP = 1.0
}
