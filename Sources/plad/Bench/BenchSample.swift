import ArgumentParser
import PladRecords
import PladStudent

struct BenchSample: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sample", abstract: "Measure generation: prompts, then one token after the other for all samples together.",
        discussion: """
            Of a single sample it tells how fast the weights are read, beside the best rate at which this machine reads as many bytes \
            again and again; `plad bench memory` measures that for memory that no cache holds.
            """)

    @OptionGroup var options: BenchOptions

    @Option(help: "Prompts.")
    var batch = 16

    @Option(help: "Samples of each prompt.")
    var samples = 1

    @Option(help: "Tokens of a prompt.")
    var prompt = 256

    @Option(help: "The new tokens of a sample.")
    var new = 64

    @Option(help: "Weights for each new token: float32 or int8.")
    var weights = DecodeWeights.float32

    func validate() throws {
        try BenchOptions.require(("batch", batch), ("samples", samples), ("prompt", prompt), ("new", new))
    }

    func run() throws {
        let shape = options.resolvedShape
        let student = try SyntheticStudent.make(shape, options)
        var stream = SeededGenerator(seed: 0, "bench", "sample")
        let parameters = SamplingParameters(temperature: 0.8, topP: 0.95, maxTokens: new)
        let requests = (0..<batch).map { number in
            DecodeRequest(
                prompt: SyntheticStudent.tokens(prompt, shape, &stream), parameters: parameters,
                streams: (0..<samples).map { SeededGenerator(seed: 0, "bench", "\(number)", "\($0)") })
        }
        let decoder = BatchDecoder(student: student, slots: batch * samples, weights: weights)
        // Once with few tokens, so that memory is there.
        var few = requests[0]
        few.parameters.maxTokens = 2
        _ = try decoder.submit(few)
        while !decoder.isIdle { _ = try decoder.step() }

        for request in requests { _ = try decoder.submit(request) }
        let clock = ContinuousClock()
        var tokens = 0
        func step() throws -> Double {
            try Interruption.check()
            return try clock.measure { tokens += try decoder.step().count { $0.token != nil } }.inSeconds
        }
        // The first step computes the prompts.
        let prefill = try step()
        let first = tokens
        var steps: [Double] = []
        while !decoder.isIdle { steps.append(try step()) }
        let decode = steps.reduce(0, +)
        // A sample that drew the end has one row less in each later step; the difference is left out.
        let rows = Double(tokens - first)
        let mean = shape.step(position: prompt + new / 2)
        let prompts = Double(batch) * shape.forward(prompt: prompt, rows: []).total
        try BenchReport(
            "sample", options, workers: student.workers, tokens: tokens, operations: prompts + rows * mean.total,
            elapsed: prefill + decode, secondsPerStep: steps.isEmpty ? prefill : steps.median,
            seconds: ["prefill": prefill, "decode": decode],
            operationsByPart: ["prefill": prompts, "decode": rows * mean.total],
            weightBytes: batch * samples == 1 && new > 1 ? shape.weightBytes(options.dtype, weights) : nil
        ).show(json: options.json)
    }
}
