import CKernels

/// The settings of one AdamW step (Loshchilov and Hutter 2019, "Decoupled Weight Decay Regularization", algorithm 2).
package struct AdamWParameters: Sendable, Equatable {
    package var learningRate: Float
    package var beta1: Float
    package var beta2: Float
    package var epsilon: Float
    package var weightDecay: Float
    /// Factor on every gradient before its use: the clipping factor, or one over the number of accumulated batches.
    package var gradientScale: Float
    /// Number of the step from 1, for the bias correction of the moments.
    package var step: Int

    package init(
        learningRate: Float, beta1: Float = 0.9, beta2: Float = 0.999, epsilon: Float = 1e-8,
        weightDecay: Float = 0.01, gradientScale: Float = 1, step: Int
    ) {
        self.learningRate = learningRate
        self.beta1 = beta1
        self.beta2 = beta2
        self.epsilon = epsilon
        self.weightDecay = weightDecay
        self.gradientScale = gradientScale
        self.step = step
    }
}

/// Takes one AdamW step over all values in a single pass: weights and both moments; every value decays alike, as in
/// `torch.optim.AdamW`.
///
/// Moments smaller than 1e-30 become zero: those of values without gradient would decay to subnormal numbers, which the processor
/// handles a hundred times slower.
///
/// - Parameter clearingGradients: true to set the gradients to zero in the same pass; else they are only read.
/// - Precondition: the four buffers have the same count, and `step` is at least 1.
package func adamW(
    weights: AlignedBuffer, gradients: AlignedBuffer, firstMoments: AlignedBuffer, secondMoments: AlignedBuffer,
    parameters: AdamWParameters, clearingGradients: Bool = false, workers: Workers
) {
    let count = weights.count
    precondition(
        gradients.count == count && firstMoments.count == count && secondMoments.count == count,
        "\(count) weights, \(gradients.count) gradients, \(firstMoments.count) and \(secondMoments.count) moments")
    precondition(parameters.step >= 1, "AdamW step \(parameters.step)")
    let correction1 = 1 - power(Double(parameters.beta1), parameters.step)
    let correction2 = 1 - power(Double(parameters.beta2), parameters.step)
    let constants = kernel_adamw(
        keep: 1 - parameters.learningRate * parameters.weightDecay,
        step_size: Float(Double(parameters.learningRate) / correction1),
        root_scale: Float(1 / correction2.squareRoot()),
        beta1: parameters.beta1, beta2: parameters.beta2, epsilon: parameters.epsilon, gradient_scale: parameters.gradientScale)
    workers.split(count, grain: 1 << 14) { range, _ in
        let first = range.lowerBound
        withUnsafePointer(to: constants) { constants in
            kernels.adamw(
                weights.pointer + first, gradients.pointer + first, firstMoments.pointer + first, secondMoments.pointer + first,
                range.count, constants, clearingGradients)
        }
    }
}

private func power(_ base: Double, _ exponent: Int) -> Double {
    var (result, factor, exponent) = (1.0, base, exponent)
    while exponent > 0 {
        if exponent & 1 == 1 { result *= factor }
        factor *= factor
        exponent >>= 1
    }
    return result
}
