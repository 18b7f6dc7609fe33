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
    guard rows > 0 else { return }
    cblas_sgemm(
        CblasRowMajor, CblasNoTrans, CblasTrans, blasint(rows), blasint(outputs), blasint(inputs), 1,
        x.start, blasint(x.stride), w.start, blasint(w.stride), accumulating ? 1 : 0, y.start, blasint(y.stride))
}

/// dx[rows, inputs] = dy[rows, outputs] · w with w[outputs, inputs]: a linear layer backward. `accumulating` adds to dx instead.
package func linearInputGradient(
    _ dy: Matrix, weight w: Matrix, into dx: Matrix, rows: Int, inputs: Int, outputs: Int, accumulating: Bool = false
) {
    guard rows > 0 else { return }
    cblas_sgemm(
        CblasRowMajor, CblasNoTrans, CblasNoTrans, blasint(rows), blasint(inputs), blasint(outputs), 1,
        dy.start, blasint(dy.stride), w.start, blasint(w.stride), accumulating ? 1 : 0, dx.start, blasint(dx.stride))
}

/// dw[outputs, inputs] += dyᵀ · x over all rows: a linear layer's weight gradient.
package func linearWeightGradient(_ dy: Matrix, _ x: Matrix, addingTo dw: Matrix, rows: Int, inputs: Int, outputs: Int) {
    guard rows > 0 else { return }
    cblas_sgemm(
        CblasRowMajor, CblasTrans, CblasNoTrans, blasint(outputs), blasint(inputs), blasint(rows), 1,
        dy.start, blasint(dy.stride), x.start, blasint(x.stride), 1, dw.start, blasint(dw.stride))
}
