import CKernels

/// A matrix of floats in row order inside a larger one: row r starts at `start + r·stride`.
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

// Every element of a product is one chain of multiply-adds in order: a row's result is the same to the bit whatever rows stand
// beside it, wherever the matrices lie and on however many threads. No BLAS promises that.

/// Computes y[rows, outputs] = x[rows, inputs] · wᵀ with w[outputs, inputs]: a linear layer forward. `accumulating` adds to y instead.
package func linear(_ x: Matrix, weight w: Matrix, into y: Matrix, rows: Int, inputs: Int, outputs: Int, accumulating: Bool = false) {
    product(Operand(x), Operand(transposed: w), into: y, m: rows, n: outputs, k: inputs, accumulating: accumulating)
}

/// Computes dx[rows, inputs] = dy[rows, outputs] · w with w[outputs, inputs]: a linear layer backward. `accumulating` adds to dx
/// instead.
package func linearInputGradient(
    _ dy: Matrix, weight w: Matrix, into dx: Matrix, rows: Int, inputs: Int, outputs: Int, accumulating: Bool = false
) {
    product(Operand(dy), Operand(w), into: dx, m: rows, n: inputs, k: outputs, accumulating: accumulating)
}

/// Computes dw[outputs, inputs] += dyᵀ · x over all rows: a linear layer's weight gradient.
package func linearWeightGradient(_ dy: Matrix, _ x: Matrix, addingTo dw: Matrix, rows: Int, inputs: Int, outputs: Int) {
    product(Operand(transposed: dy), Operand(x), into: dw, m: outputs, n: inputs, k: rows, accumulating: true)
}

/// A matrix as an operand of a product: element (i, j) is `start[i·row + j·column]`, and one of the two strides is 1.
private struct Operand {
    let start: UnsafePointer<Float>
    let row: Int
    let column: Int

    init(_ matrix: Matrix) {
        (start, row, column) = (UnsafePointer(matrix.start), matrix.stride, 1)
    }

    init(transposed matrix: Matrix) {
        (start, row, column) = (UnsafePointer(matrix.start), 1, matrix.stride)
    }
}

/// Computes c[m, n] = a[m, k] · b[k, n].
private func product(_ a: Operand, _ b: Operand, into c: Matrix, m: Int, n: Int, k: Int, accumulating: Bool) {
    guard m > 0, n > 0, k > 0 else { return }
    kernels.product(
        a.start, a.row, a.column, b.start, b.row, b.column, c.start, c.stride, m, n, k, accumulating,
        ThreadScratch.floats(kernels.product_scratch))
}

/// Computes c[m, n] = a[m, k] · b[k, n] for matrices too small for packing to pay.
///
/// `a` is read by element at `a[i·aRow + l·aColumn]`, so that it may be transposed; `b` and `c` have rows `bRow` and `cRow` floats
/// apart. `accumulating` adds to c.
///
/// - Precondition: n is a multiple of 16.
func smallProduct(
    _ a: UnsafePointer<Float>, aRow: Int, aColumn: Int, _ b: UnsafePointer<Float>, bRow: Int,
    into c: UnsafeMutablePointer<Float>, cRow: Int, m: Int, n: Int, k: Int, accumulating: Bool = false
) {
    kernels.small_product(a, aRow, aColumn, b, bRow, c, cRow, m, n, k, accumulating)
}
