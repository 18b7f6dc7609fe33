import ArgumentParser
import PladRecords
import PladStudent

struct BenchScore: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "score", abstract: "Measure the log-probabilities of completions.",
        discussion: "Counts the tokens of prompts and completions, each once.")

    @OptionGroup var options: BenchOptions

    @Option(help: "Prompts, each with one completion.")
    var batch = 16

    @Option(help: "Tokens of a prompt.")
    var prompt = 256

    @Option(help: "Tokens of a completion.")
    var response = 64

    @Option(help: "The number of measurements, after one that is not counted.")
    var steps = 3

    func validate() throws {
        try BenchOptions.require(("batch", batch), ("prompt", prompt), ("response", response), ("steps", steps))
    }

    func run() throws {
        let shape = options.resolvedShape
        let student = try SyntheticStudent.make(shape, options)
        var stream = SeededGenerator(seed: 0, "bench", "score")
        let trees = (0..<batch).map { _ in
            PromptTree(
                prompt: SyntheticStudent.tokens(prompt, shape, &stream), continuations: [SyntheticStudent.tokens(response, shape, &stream)])
        }
        _ = try student.logProbabilities(of: trees)
        let clock = ContinuousClock()
        let seconds = try (0..<steps).map { _ in
            try Interruption.check()
            return try clock.measure { _ = try student.logProbabilities(of: trees) }.inSeconds
        }
        let elapsed = seconds.reduce(0, +)
        let operations = Double(batch) * shape.forward(prompt: prompt, rows: [response - 1]).total
        try BenchReport(
            "score", options, workers: student.workers, tokens: steps * batch * (prompt + response), operations: Double(steps) * operations,
            elapsed: elapsed, secondsPerStep: seconds.median, seconds: ["forward": elapsed / Double(steps)]
        ).show(json: options.json)
    }
}
