import CKernels

/// Computes y = scale·x, `count` values; y may be x.
package func scale(_ x: UnsafePointer<Float>, by scale: Float, into y: UnsafeMutablePointer<Float>, count: Int) {
    kernels.scale(x, scale, y, count)
}
