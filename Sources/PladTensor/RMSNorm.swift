import CKernels

/// Root-mean-square norm (Zhang and Sennrich 2019): y = x·r·(gain + offset) with r = 1/√(mean(x²) + epsilon), row by row.
///
/// - Parameters:
///   - x: [rows, width], contiguous; so are y and the outputs of the backward pass.
///   - offset: added to the gains: 1 where a model's files hold the distance from 1 (Gemma).
///   - inverseRMS: one over the root mean square of every row, kept for the backward pass.
package func rmsNorm(
    _ x: UnsafePointer<Float>, gain: UnsafePointer<Float>, offset: Float = 0, epsilon: Float,
    into y: UnsafeMutablePointer<Float>, inverseRMS: UnsafeMutablePointer<Float>, rows: Int, width: Int
) {
    kernels.rms_norm(x, gain, offset, epsilon, y, inverseRMS, rows, width)
}

/// Backward of `rmsNorm`, which also recomputes y so that it need not be kept: dx += r·(g∘dy − x·r²·mean(g∘dy∘x)) with g = gain +
/// offset, dGain += Σ over rows of dy∘x·r. y may be x.
package func rmsNormBackward(
    _ dy: UnsafePointer<Float>, x: UnsafePointer<Float>, gain: UnsafePointer<Float>, offset: Float = 0,
    inverseRMS: UnsafePointer<Float>, addingTo dx: UnsafeMutablePointer<Float>, addingTo dGain: UnsafeMutablePointer<Float>,
    into y: UnsafeMutablePointer<Float>, rows: Int, width: Int
) {
    kernels.rms_norm_backward(dy, x, gain, offset, inverseRMS, dx, dGain, y, rows, width)
}
