import CKernels

/// Replaces values by cap·tanh(x / cap), which bounds them softly (Gemma 2), and computes the slopes 1 − tanh².
///
/// - Parameters:
///   - x: [rows, columns], rows `stride` apart; changed in place.
///   - slopes: of the same layout, for the backward pass; nil if there is none.
package func softCap(
    _ x: UnsafeMutablePointer<Float>, cap: Float, slopes: UnsafeMutablePointer<Float>? = nil, stride: Int, rows: Int, columns: Int
) {
    for row in 0..<rows { kernels.soft_cap(x + row * stride, cap, slopes.map { $0 + row * stride }, columns) }
}

/// Backward of `softCap`: d ← d∘slopes, both of its layout.
package func softCapBackward(
    _ d: UnsafeMutablePointer<Float>, slopes: UnsafePointer<Float>, stride: Int, rows: Int, columns: Int
) {
    for row in 0..<rows { kernels.multiply(slopes + row * stride, d + row * stride, columns) }
}
