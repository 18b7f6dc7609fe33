import Foundation
import PladRecords
import PladStudent
import PladTensor

/// The result of a benchmark.
struct BenchReport: Encodable {
    var command: String
    var shape: String
    var dtype: String
    var threads: Int
    /// Kernel path in use.
    var kernels = KernelPath.current
    var tokensPerSecond: Double
    /// Median of the steps.
    var secondsPerStep: Double
    /// Peak memory of the process, in bytes.
    var peakBytes: Int
    /// Billions of floating-point operations a second over the whole measurement.
    var gflops: Double
    /// Rate of the fastest large matrix product on as many threads, and of each of the two measured, in the same unit.
    var sgemmGflops: Double
    var sgemmGflopsPlad: Double
    var sgemmGflopsOpenBLAS: Double
    /// Processor that OpenBLAS chose its kernels for; a generic one if OpenBLAS is older than the processor.
    var openBLASCore: String
    /// Seconds by part.
    var seconds: [String: Double]
    /// Billions of operations a second of the parts that are measured separately.
    var gflopsByPart: [String: Double]?
    /// Rate of reading weights, if each is read once a step; else nil.
    var weights: WeightReading?

    init(
        _ command: String, _ options: BenchOptions, workers: Workers, tokens: Int, operations: Double, elapsed: Double,
        secondsPerStep: Double, seconds: [String: Double], operationsByPart: [String: Double]? = nil, weightBytes: Int? = nil
    ) throws {
        self.command = command
        shape = options.shape
        dtype = options.dtype.rawValue
        threads = workers.threads
        tokensPerSecond = Double(tokens) / elapsed
        self.secondsPerStep = secondsPerStep
        peakBytes = Self.peakBytes
        gflops = operations / elapsed / 1e9
        let products = ProductRate.measure(workers)
        (sgemmGflops, sgemmGflopsPlad, sgemmGflopsOpenBLAS) = (products.best, products.plad, products.openBLAS)
        openBLASCore = products.openBLASCore
        self.seconds = seconds
        gflopsByPart = operationsByPart.map { $0.merging(seconds) { operations, seconds in operations / max(seconds, 1e-9) / 1e9 } }
        weights = try weightBytes.map { try WeightReading(bytes: $0, seconds: secondsPerStep, workers: workers) }
    }

    func show(json: Bool) throws {
        guard !json else { return try Console.result(line: self) }
        let parts = seconds.sorted { $0.value > $1.value }.map { String(format: "%@ %.3f s", $0.key, $0.value) }.joined(separator: ", ")
        Console.result(
            String(
                format: """
                    %@, %@ in %@, %d threads, %@ kernels
                    tokens/s      %.1f
                    s/step        %.4f  (%@)
                    peak memory   %.2f GiB
                    GFLOP/s       %.0f of %.0f in a large matrix product (%.0f %%; plad's %.0f, OpenBLAS's for %@ %.0f)%@
                    """,
                command, shape, dtype, threads, kernels, tokensPerSecond, secondsPerStep, parts, Double(peakBytes) / Double(1 << 30),
                gflops,
                sgemmGflops, 100 * gflops / sgemmGflops, sgemmGflopsPlad, openBLASCore, sgemmGflopsOpenBLAS,
                weights.map { "\n" + $0.line } ?? ""))
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
}

/// The rate of reading weights that are each read once a step, and the best possible rate for as many bytes.
struct WeightReading: Encodable {
    /// Bytes read in a step: matrices and head, without norms and the cache of keys and values.
    var bytesPerStep: Int
    /// Rate over a whole step, other work included, in 10⁹ bytes a second.
    var gigabytesPerSecond: Double
    /// Rate of reading a buffer of that size again and again, with no other work.
    var bestGigabytesPerSecond: Double
    /// Ratio of the two rates.
    var share: Double

    init(bytes: Int, seconds: Double, workers: Workers) throws {
        bytesPerStep = bytes
        gigabytesPerSecond = Double(bytes) / seconds / 1e9
        bestGigabytesPerSecond = try ReadRate.best(bytes: bytes, passes: 8, workers: workers) / 1e9
        share = gigabytesPerSecond / bestGigabytesPerSecond
    }

    var line: String {
        String(
            format: "weights       %.0f MB a step, read at %.1f of %.1f GB/s (%.0f %%)", Double(bytesPerStep) / 1e6, gigabytesPerSecond,
            bestGigabytesPerSecond, 100 * share)
    }
}
