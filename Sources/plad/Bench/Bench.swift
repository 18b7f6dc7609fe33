import ArgumentParser
import Foundation
import PladStudent
import PladTensor

struct Bench: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Measure how fast this machine reads memory and students, trains, samples, scores, tokenizes, stores completions and asks.",
        discussion: """
            Prints the rate in tokens per second beside the rate of arithmetic, and the latter beside the machine's own in a large \
            matrix product of the same run: their quotient is the share of the processor that the work reaches.
            """,
        subcommands: [
            BenchTrain.self, BenchSample.self, BenchScore.self, BenchMemory.self, BenchLoad.self, BenchTokenize.self, BenchCache.self,
            BenchAsk.self,
        ])
}

/// The options that all benchmarks share.
struct BenchOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The model's shape: \(BenchShape.names).", valueName: "name"))
    var shape = "smollm-135m"

    @Option(help: ArgumentHelp("The type of the weights' file: f32, bf16 or f16.", valueName: "type"))
    var dtype = TensorType.f32

    @Option(help: "The number of processor threads. By default all.")
    var threads: Int?

    @Flag(help: "Print one line of JSON.")
    var json = false

    func validate() throws {
        guard BenchShape.all[shape] != nil else {
            throw ValidationError("there is no shape \"\(shape)\"; choose one of: \(BenchShape.names)")
        }
        guard (1...256).contains(threads ?? 1) else { throw ValidationError("--threads \(threads ?? 0): give 1 to 256") }
    }

    var threadCount: Int { threads ?? ProcessInfo.processInfo.activeProcessorCount }

    var resolvedShape: BenchShape { BenchShape.all[shape]! }

    /// Throws if a number is less than 1.
    static func require(_ numbers: (name: String, value: Int)...) throws {
        for (name, value) in numbers where value < 1 { throw ValidationError("--\(name) \(value): give at least 1") }
    }
}

extension Duration {
    var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}

extension [Double] {
    /// The median; of an even count the mean of the middle two.
    ///
    /// - Precondition: the list is not empty.
    var median: Double {
        let sorted = sorted()
        return (sorted[count / 2] + sorted[(count - 1) / 2]) / 2
    }
}
