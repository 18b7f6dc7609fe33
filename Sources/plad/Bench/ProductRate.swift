import COpenBLAS
import PladTensor

/// The best rate of a large matrix product on this machine's threads, in billions of operations a second: plad's own product and
/// OpenBLAS's, of square matrices, one on each thread at the same time.
///
/// An OpenBLAS that does not know the processor falls back to generic kernels. The variable OPENBLAS_CORETYPE, read when the process
/// starts, names better ones: SkylakeX for AVX-512, Haswell for AVX2.
struct ProductRate {
    var plad: Double
    var openBLAS: Double
    /// Processor whose kernels OpenBLAS chose.
    var openBLASCore: String

    var best: Double { max(plad, openBLAS) }

    /// Number of rows of a matrix, and the one for an emulated processor, which would need minutes for large ones.
    private static let (side, sideEmulated) = (1024, 64)

    static func measure(_ workers: Workers) -> ProductRate {
        let small = measure(workers, side: sideEmulated)
        // A tenth of what any processor does that is not emulated.
        return small.best < 0.5 ? small : measure(workers, side: side)
    }

    private static func measure(_ workers: Workers, side: Int) -> ProductRate {
        // Threads are the workers': OpenBLAS's own would stand beside them.
        openblas_set_num_threads(1)
        let operands = (0..<workers.threads).map { _ in AlignedBuffer(count: 3 * side * side) }
        // Numbers like a model's: zeros cost less power, and a cool processor runs faster.
        for operand in operands {
            for index in 0..<2 * side * side { operand.pointer[index] = Float(index % 251) / 251 - 0.5 }
        }
        func rate(_ product: (_ x: Matrix, _ weight: Matrix, _ y: Matrix) -> Void) -> Double {
            let clock = ContinuousClock()
            let least = (0..<8).map { _ in
                clock.measure {
                    workers.run(workers.threads) { part in
                        let start = operands[part].pointer
                        product(
                            Matrix(start, stride: side), Matrix(start + side * side, stride: side),
                            Matrix(start + 2 * side * side, stride: side))
                    }
                }.inSeconds
            }.min()!
            return Double(workers.threads) * 2 * Double(side * side * side) / least / 1e9
        }
        return ProductRate(
            plad: rate { linear($0, weight: $1, into: $2, rows: side, inputs: side, outputs: side) },
            openBLAS: rate { x, weight, y in
                let side = blasint(side)
                cblas_sgemm(
                    CblasRowMajor, CblasNoTrans, CblasTrans, side, side, side, 1, x.start, side, weight.start, side, 0, y.start, side)
            }, openBLASCore: String(cString: openblas_get_corename()))
    }
}
