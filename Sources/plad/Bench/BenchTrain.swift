import ArgumentParser
import PladRecords
import PladStudent
import PladTraining

struct BenchTrain: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train", abstract: "Measure ranking steps: forward, backward and optimiser.",
        discussion: """
            A step counts all tokens of both sides of its pairs, the prompt twice, as if each side had been computed for itself: \
            that the prompt is shared is work saved, not work left out. No pair is outside the margin.
            """)

    @OptionGroup var options: BenchOptions

    @Option(help: "Pairs per step.")
    var pairs = 4

    @Option(help: "Tokens of a prompt.")
    var prompt = 256

    @Option(help: "Tokens of a completion.")
    var response = 64

    @Option(help: "The number of steps measured, after one that is not counted.")
    var steps = 3

    @Flag(help: "Draw each length between its half and the whole, as in real data.")
    var vary = false

    func validate() throws {
        try BenchOptions.require(("pairs", pairs), ("prompt", prompt), ("response", response), ("steps", steps))
    }

    func run() throws {
        let shape = options.resolvedShape
        let student = try SyntheticStudent.make(shape, options)
        var stream = SeededGenerator(seed: 0, "bench", "train")
        func tokens(_ count: Int) -> [TokenID] {
            SyntheticStudent.tokens(SyntheticStudent.length(count, varying: vary, &stream), shape, &stream)
        }
        let data = (0..<pairs * (steps + 1)).map { number in
            EncodedGroup(id: "\(number)", prompt: tokens(prompt), chosen: tokens(response), rejected: tokens(response))
        }
        // The margin is beyond what any pair can reach, and the rate so small that the weights stay what they are.
        let loss = RankLoss([.margin: 1e9])
        let trainer = try Trainer(
            student: student, pairs: data, loss: loss, settings: TrainingSettings(batchSize: pairs, learningRate: 1e-9), phase: "bench")
        try trainer.step()

        let clock = ContinuousClock()
        let before = trainer.times
        let seconds = try (0..<steps).map { _ in
            try Interruption.check()
            return try clock.measure { try trainer.step() }.inSeconds
        }
        let times = trainer.times - before
        // Which pairs came first is the trainer's choice; every pair comes once, so the others' share is by count.
        let share = Double(steps) / Double(steps + 1)
        let operations = data.map { shape.forward(prompt: $0.prompt.count, rows: $0.completions.map { $0.count - 1 }).trained }.reduce(0, +)
        let counted = data.reduce(0) { $0 + $1.completions.count * $1.prompt.count + $1.completions.reduce(0) { $0 + $1.count } }
        try BenchReport(
            "train", options, workers: student.workers, tokens: Int(Double(counted) * share), operations: operations * share,
            elapsed: seconds.reduce(0, +), secondsPerStep: seconds.median,
            seconds: [
                "forward": times.forward / Double(steps), "backward": times.backward / Double(steps),
                "optimiser": times.optimiser / Double(steps),
            ]
        ).show(json: options.json)
    }
}
