import ArgumentParser
import Foundation
import PladRecords
import PladStudent

struct BenchLoad: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "load", abstract: "Measure how fast a student is read.",
        discussion: """
            Float32 weights are used where their file is mapped, others become float32 in memory. All numbers are looked at once, \
            either way.
            """)

    @OptionGroup var options: BenchOptions

    @Option(help: "The number of measurements.")
    var steps = 5

    func validate() throws {
        try BenchOptions.require(("steps", steps))
    }

    func run() throws {
        let report = try SyntheticStudent.withFolder(options.resolvedShape, as: options.dtype) { folder in
            let before = Self.memory
            var (seconds, student): ([Double], Student?) = ([], nil)
            for _ in 0..<steps {
                try Interruption.check()
                student = nil
                seconds.append(
                    try ContinuousClock().measure { student = try Student(folder: folder, threads: options.threadCount) }.inSeconds)
            }
            let taken = withExtendedLifetime(student) { Self.memory - before }
            let file = try FileManager.default.attributesOfItem(atPath: folder.appendingPathComponent("model.safetensors").path)
            return Report(
                shape: options.shape, dtype: options.dtype.rawValue, threads: options.threadCount, fileBytes: file[.size] as? Int ?? 0,
                memoryBytes: max(0, taken), secondsPerStep: seconds.median)
        }
        try report.show(json: options.json)
    }

    /// Memory of the process that no file backs, in bytes.
    private static var memory: Int {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("RssAnon:") }
        return (line?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) * 1024
    }

    private struct Report: Encodable {
        var command = "load"
        var shape: String
        var dtype: String
        var threads: Int
        var fileBytes: Int
        /// Memory that the student takes, in bytes, without the mapped file.
        var memoryBytes: Int
        /// Median of the steps.
        var secondsPerStep: Double

        func show(json: Bool) throws {
            guard !json else { return try Console.result(line: self) }
            Console.result(
                String(
                    format: """
                        load, %@ in %@, %d threads
                        s/step        %.4f
                        file          %.0f MB
                        memory        %.0f MB beside it
                        """,
                    shape, dtype, threads, secondsPerStep, Double(fileBytes) / 1e6, Double(memoryBytes) / 1e6))
        }
    }
}
