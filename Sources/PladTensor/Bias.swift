import CKernels

/// Adds the same `width` values to every row of y, [rows, width] with rows `stride` apart.
package func addBias(_ bias: UnsafePointer<Float>, to y: Matrix, rows: Int, width: Int) {
    for row in 0..<rows { kernels.add(bias, y.start + row &* y.stride, width) }
}

/// Backward of `addBias`: dBias += Σ over rows of dy, [rows, width] with rows `stride` apart.
package func biasGradient(_ dy: Matrix, addingTo dBias: UnsafeMutablePointer<Float>, rows: Int, width: Int) {
    kernels.add_parts(dy.start, dy.stride, rows, dBias, width)
}
