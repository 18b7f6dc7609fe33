import Foundation
import PladRecords
import PladStudent
import PladTensor

/// What a benchmark found.
struct BenchReport: Encodable {
    var command: String
    var shape: String
    var dtype: String
    var threads: Int
    var tokensPerSecond: Double
    /// The median.
    var secondsPerStep: Double
    /// The most memory that the process has had in use.
    var peakBytes: Int
    /// Billions of floating-point operations a second over the whole of what was measured.
    var gflops: Double
    /// The same in a large matrix product on as many threads.
    var sgemmGflops: Double
    /// Where the time went, by part.
    var seconds: [String: Double]

    init(
        _ command: String, _ options: BenchOptions, workers: Workers, tokens: Int, operations: Double, elapsed: Double,
        secondsPerStep: Double, seconds: [String: Double]
    ) {
        self.command = command
        shape = options.shape
        dtype = options.dtype.rawValue
        threads = workers.threads
        tokensPerSecond = Double(tokens) / elapsed
        self.secondsPerStep = secondsPerStep
        peakBytes = Self.peakBytes
        gflops = operations / elapsed / 1e9
        sgemmGflops = Self.productRate(workers)
        self.seconds = seconds
    }

    func show(json: Bool) throws {
        guard !json else { return try Console.result(line: self) }
        let parts = seconds.sorted { $0.value > $1.value }.map { String(format: "%@ %.3f s", $0.key, $0.value) }.joined(separator: ", ")
        Console.result(
            String(
                format: """
                    %@, %@ in %@, %d threads
                    tokens/s      %.1f
                    s/step        %.4f  (%@)
                    peak memory   %.2f GiB
                    GFLOP/s       %.0f of %.0f in a large matrix product (%.0f %%)
                    """,
                command, shape, dtype, threads, tokensPerSecond, secondsPerStep, parts, Double(peakBytes) / Double(1 << 30), gflops,
                sgemmGflops,
                100 * gflops / sgemmGflops))
    }

    private static var peakBytes: Int {
        var usage = rusage()
        // Linux counts kibibytes, macOS bytes; and the two spell "this process" as different types.
        #if os(Linux)
            getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
            return usage.ru_maxrss * 1024
        #else
            getrusage(RUSAGE_SELF, &usage)
            return usage.ru_maxrss
        #endif
    }

    /// The best of some products of square matrices, one on each thread at the same time.
    private static func productRate(_ workers: Workers) -> Double {
        let side = 1024
        let operands = (0..<workers.threads).map { _ in AlignedBuffer(count: 3 * side * side) }
        let clock = ContinuousClock()
        let best = (0..<8).map { _ in
            clock.measure {
                workers.run(workers.threads) { part in
                    let start = operands[part].pointer
                    linear(
                        Matrix(start, stride: side), weight: Matrix(start + side * side, stride: side),
                        into: Matrix(start + 2 * side * side, stride: side), rows: side, inputs: side, outputs: side)
                }
            }
        }.min()!
        return Double(workers.threads) * 2 * Double(side * side * side) / best.inSeconds / 1e9
    }
}
