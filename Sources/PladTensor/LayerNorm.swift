import CKernels

/// Layer norm (Ba, Kiros and Hinton 2016): y = (x − mean)·r·gain + bias with r = 1/√(variance + epsilon), row by row.
///
/// - Parameters:
///   - x: [rows, width], contiguous; so are y and the outputs of the backward pass.
///   - inverseRMS: r of every row, kept for the backward pass.
package func layerNorm(
    _ x: UnsafePointer<Float>, gain: UnsafePointer<Float>, bias: UnsafePointer<Float>, epsilon: Float,
    into y: UnsafeMutablePointer<Float>, inverseRMS: UnsafeMutablePointer<Float>, rows: Int, width: Int
) {
    kernels.layer_norm(x, gain, bias, epsilon, y, inverseRMS, rows, width)
}

/// Backward of `layerNorm`, which also recomputes y so that it need not be kept. With n = (x − mean)·r and g = gain∘dy: dx += r·(g −
/// mean(g) − n·mean(g∘n)), dGain += Σ over rows of dy∘n, dBias += Σ over rows of dy.
package func layerNormBackward(
    _ dy: UnsafePointer<Float>, x: UnsafePointer<Float>, gain: UnsafePointer<Float>, bias: UnsafePointer<Float>,
    inverseRMS: UnsafePointer<Float>, addingTo dx: UnsafeMutablePointer<Float>, addingTo dGain: UnsafeMutablePointer<Float>,
    addingTo dBias: UnsafeMutablePointer<Float>, into y: UnsafeMutablePointer<Float>, rows: Int, width: Int
) {
    kernels.layer_norm_backward(dy, x, gain, bias, inverseRMS, dx, dGain, dBias, y, rows, width)
}
