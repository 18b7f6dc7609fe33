import CKernels

/// Computes e^x of `count` values, within 2 units in the last place; `output` may be `input`. NaN stays NaN.
///
/// Below −87.3, where the result would be subnormal, it is e^−87.3 (1.2e−38); above 88.3 it is e^88.3.
package func exponential(of input: UnsafePointer<Float>, into output: UnsafeMutablePointer<Float>, count: Int) {
    kernels.exponential(input, 0, 1, output, count)
}

/// Computes e^((x − shift)·scale) of `count` values; `output` may be `input`.
package func scaledExponential(
    of input: UnsafePointer<Float>, minus shift: Float, times scale: Float, into output: UnsafeMutablePointer<Float>, count: Int
) {
    kernels.exponential(input, shift, scale, output, count)
}
