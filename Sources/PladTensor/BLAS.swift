import COpenBLAS

/// Keeps OpenBLAS on the calling thread: the split over threads is ours, so that it is the same in every run.
func configureBLAS() {
    openblas_set_num_threads(1)
}

/// A matrix of floats in row order somewhere inside a larger one: row r starts at `start + r·stride`.
package struct Matrix {
    package var start: UnsafeMutablePointer<Float>
    package var stride: Int

    package init(_ start: UnsafeMutablePointer<Float>, stride: Int) {
        self.start = start
        self.stride = stride
    }

    /// The matrix without its first rows and columns.
    package func from(row: Int = 0, column: Int = 0) -> Matrix {
        Matrix(start + row * stride + column, stride: stride)
    }
}

/// y[rows, outputs] = x[rows, inputs] · wᵀ with w[outputs, inputs]: a linear layer forward. `accumulating` adds to y instead.
package func linear(_ x: Matrix, weight w: Matrix, into y: Matrix, rows: Int, inputs: Int, outputs: Int, accumulating: Bool = false) {
    product(Operand(x), Operand(transposed: w), into: y, m: rows, n: outputs, k: inputs, accumulating: accumulating)
}

/// dx[rows, inputs] = dy[rows, outputs] · w with w[outputs, inputs]: a linear layer backward. `accumulating` adds to dx instead.
package func linearInputGradient(
    _ dy: Matrix, weight w: Matrix, into dx: Matrix, rows: Int, inputs: Int, outputs: Int, accumulating: Bool = false
) {
    product(Operand(dy), Operand(w), into: dx, m: rows, n: inputs, k: outputs, accumulating: accumulating)
}

/// dw[outputs, inputs] += dyᵀ · x over all rows: a linear layer's weight gradient.
package func linearWeightGradient(_ dy: Matrix, _ x: Matrix, addingTo dw: Matrix, rows: Int, inputs: Int, outputs: Int) {
    product(Operand(transposed: dy), Operand(x), into: dw, m: outputs, n: inputs, k: rows, accumulating: true)
}

/// Whether a row's result in the products above is the same to the bit whatever rows stand beside it; no BLAS promises that.
package var productsAreRowwise: Bool { compiled_for_avx512() }

/// c[m, n] = a[m, k] · b[k, n].
///
/// Compiled for AVX-512, plad's own blocks keep up with OpenBLAS's kernels for it, and reach the same rate where an OpenBLAS
/// older than the processor, or told so by OPENBLAS_CORETYPE, falls back to kernels of half that rate.
private func product(_ a: Operand, _ b: Operand, into c: Matrix, m: Int, n: Int, k: Int, accumulating: Bool) {
    guard m > 0, k > 0 else { return }
    guard !compiled_for_avx512() else { return packedProduct(a, b, into: c, m: m, n: n, k: k, accumulating: accumulating) }
    cblas_sgemm(
        CblasRowMajor, a.isTransposed ? CblasTrans : CblasNoTrans, b.isTransposed ? CblasTrans : CblasNoTrans,
        blasint(m), blasint(n), blasint(k), 1, a.start, blasint(a.isTransposed ? a.column : a.row),
        b.start, blasint(b.isTransposed ? b.column : b.row), accumulating ? 1 : 0, c.start, blasint(c.stride))
}
