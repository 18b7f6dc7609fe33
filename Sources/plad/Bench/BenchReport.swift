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
    /// Which of plad's kernels ran.
    var kernels = KernelPath.current
    var tokensPerSecond: Double
    /// The median.
    var secondsPerStep: Double
    /// The most memory that the process has had in use.
    var peakBytes: Int
    /// Billions of floating-point operations a second over the whole of what was measured.
    var gflops: Double
    /// The same in the fastest large matrix product on as many threads, and in each of the two measured.
    var sgemmGflops: Double
    var sgemmGflopsPlad: Double
    var sgemmGflopsOpenBLAS: Double
    /// The processor for which OpenBLAS's product was written; a plain one where OpenBLAS is older than the processor.
    var openBLASCore: String
    /// Where the time went, by part.
    var seconds: [String: Double]
    /// Billions of operations a second of parts that are measured for themselves.
    var gflopsByPart: [String: Double]?
    /// Of weights, where each is read once a step; else nil.
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

/// How fast weights are read that are each read once a step, beside the best rate there is for as many bytes.
struct WeightReading: Encodable {
    /// Of a step: matrices and head; norms and the cache of keys and values are not counted.
    var bytesPerStep: Int
    /// 10⁹ bytes a second over a whole step, whatever else it does.
    var gigabytesPerSecond: Double
    /// The same when a buffer of that size is read again and again, and nothing done with it.
    var bestGigabytesPerSecond: Double
    /// Of the two.
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
