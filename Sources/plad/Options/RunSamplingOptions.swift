import ArgumentParser

struct RunSamplingOptions: ParsableArguments {
    @Option(name: [.long, .customLong("candidates")], help: "The number of the student's samples for each prompt.")
    var samples = 1

    @Option(
        help: """
            The student's sampling temperature. Below 1 its samples are more likely than the teacher's text, and ranking mostly \
            pushes them down (docs/experiments.md).
            """)
    var temperature = 1.0

    @Option(help: "The number of most likely tokens to draw from; 0 is all.")
    var topK = 0

    @Option(help: "The probability that the most likely tokens to draw from reach together; 1 is all.")
    var topP = 1.0
}
