import ArgumentParser
import Foundation
import PladRecords
import PladTensor

struct BenchMemory: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "memory", abstract: "Measure how fast this machine reads memory.",
        discussion: """
            The best of several passes over memory that no cache holds. A single sample reads all weights for each token, so that \
            this rate over the bytes of the weights bounds its tokens per second.
            """)

    @Option(help: "The mebibytes to read; several times the size of the last-level cache.")
    var size = 1536

    @Option(help: "The number of passes for each of three access orders.")
    var passes = 5

    @Option(help: "The number of processor threads. By default all.")
    var threads: Int?

    @Flag(help: "Print one line of JSON.")
    var json = false

    func validate() throws {
        try BenchOptions.require(("size", size), ("passes", passes))
        guard size <= 1 << 20 else { throw ValidationError("--size \(size): give at most 1048576") }
        guard (1...256).contains(threads ?? 1) else { throw ValidationError("--threads \(threads ?? 0): give 1 to 256") }
    }

    func run() throws {
        let workers = Workers(threads: threads ?? ProcessInfo.processInfo.activeProcessorCount)
        // A whole number of the parts that are shared out.
        let bytes = (size + 3) / 4 * 4 << 20
        guard AlignedBuffer.isGranted(count: bytes / MemoryLayout<Float>.stride) else {
            throw ValidationError("--size \(size): there is not so much memory; give less")
        }
        let rate = try ReadRate.best(bytes: bytes, passes: passes, workers: workers)
        try Report(command: "memory", threads: workers.threads, bytes: bytes, gigabytesPerSecond: rate / 1e9).show(json: json)
    }

    private struct Report: Encodable {
        var command: String
        var threads: Int
        var bytes: Int
        /// Rate of all threads together, in 10⁹ bytes a second.
        var gigabytesPerSecond: Double

        func show(json: Bool) throws {
            guard !json else { return try Console.result(line: self) }
            Console.result(
                String(
                    format: "memory, %.2f GiB read by %d threads\nGB/s          %.1f", Double(bytes) / Double(1 << 30), threads,
                    gigabytesPerSecond))
        }
    }
}
