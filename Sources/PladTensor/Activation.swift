import CKernels

/// The non-linear function inside a feed-forward layer.
package enum Activation: Sendable, Equatable {
    /// x·σ(x)
    case silu
    /// Gaussian error linear unit in the form with tanh (Hendrycks and Gimpel 2016): `gelu_new`, `gelu_pytorch_tanh`.
    case geluTanh
    case relu

    fileprivate var kernel: kernel_activation {
        switch self {
        case .silu: ACTIVATION_SILU
        case .geluTanh: ACTIVATION_GELU_TANH
        case .relu: ACTIVATION_RELU
        }
    }
}

/// Computes h = f(gate)∘up (Shazeer 2020, "GLU variants improve transformer"), f the activation.
///
/// - Parameters:
///   - gateUp: [rows, 2·width], each row gate then up.
///   - h: [rows, width].
package func gated(
    _ activation: Activation, _ gateUp: UnsafePointer<Float>, into h: UnsafeMutablePointer<Float>, rows: Int, width: Int
) {
    kernels.gated(activation.kernel, gateUp, h, rows, width)
}

/// Backward of `gated`: replaces `gateUp` by its own gradient and `dh` by h, which the weight gradient of the next layer needs.
package func gatedBackward(
    _ activation: Activation, gateUp: UnsafeMutablePointer<Float>, dh: UnsafeMutablePointer<Float>, rows: Int, width: Int
) {
    kernels.gated_backward(activation.kernel, gateUp, dh, rows, width)
}

/// Computes h = f(x), `count` values.
package func activate(_ activation: Activation, _ x: UnsafePointer<Float>, into h: UnsafeMutablePointer<Float>, count: Int) {
    kernels.activate(activation.kernel, x, h, count)
}

/// Backward of `activate`: replaces `x` by its own gradient and `dh` by h.
package func activateBackward(_ activation: Activation, x: UnsafeMutablePointer<Float>, dh: UnsafeMutablePointer<Float>, count: Int) {
    kernels.activate_backward(activation.kernel, x, dh, count)
}
