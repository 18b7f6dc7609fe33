import CKernels

/// Rotates pairs (i, i + D/2) of contiguous heads by the angles of a row's position: rotary position embedding in the "rotate half"
/// order of Hugging Face models.
///
/// - Parameters:
///   - heads: D·count floats, changed in place.
///   - cosine: D/2 values for the row's position; `sine` likewise, negated by `inverse` for the backward pass.
package func rotate(
    _ heads: UnsafeMutablePointer<Float>, count: Int, headWidth: Int,
    cosine: UnsafePointer<Float>, sine: UnsafePointer<Float>, inverse: Bool = false
) {
    kernels.rotate(heads, count, headWidth, cosine, sine, inverse ? -1 : 1)
}
