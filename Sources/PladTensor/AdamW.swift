/// The numbers of one AdamW step (Loshchilov and Hutter 2019, "Decoupled Weight Decay Regularization", algorithm 2).
package struct AdamWParameters: Sendable, Equatable {
    package var learningRate: Float
    package var beta1: Float
    package var beta2: Float
    package var epsilon: Float
    package var weightDecay: Float
    /// Multiplies every gradient first: the clipping factor, or one over the number of accumulated batches.
    package var gradientScale: Float
    /// The step's number from 1; corrects the bias of the young moments.
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

/// One AdamW step over all values in a single pass: weights and both moments; every value decays alike, as in `torch.optim.AdamW`.
///
/// Moments smaller than 1e-30 become zero: those of values without gradient would fade into subnormal numbers, which the
/// processor handles a hundred times slower.
/// - Parameter clearingGradients: sets the gradients to zero in the same pass; else they are only read.
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
    let constants = AdamWConstants(
        keep: 1 - parameters.learningRate * parameters.weightDecay,
        stepSize: Float(Double(parameters.learningRate) / correction1),
        rootScale: Float(1 / correction2.squareRoot()),
        beta1: parameters.beta1, beta2: parameters.beta2, epsilon: parameters.epsilon, gradientScale: parameters.gradientScale)
    workers.split(count, grain: 1 << 14) { range, _ in
        let first = range.lowerBound
        update(
            weights.pointer + first, gradients.pointer + first, firstMoments.pointer + first, secondMoments.pointer + first,
            count: range.count, constants, clearing: clearingGradients)
    }
}

private struct AdamWConstants {
    /// What weight decay leaves of a weight.
    let keep: Float
    /// The learning rate over the first moment's bias correction.
    let stepSize: Float
    /// One over the root of the second moment's bias correction.
    let rootScale: Float
    let beta1: Float
    let beta2: Float
    let epsilon: Float
    let gradientScale: Float
}

private func update(
    _ w: UnsafeMutablePointer<Float>, _ g: UnsafeMutablePointer<Float>, _ m: UnsafeMutablePointer<Float>,
    _ v: UnsafeMutablePointer<Float>, count: Int, _ constants: AdamWConstants, clearing: Bool
) {
    let (beta1, beta2) = (Vector(repeating: constants.beta1), Vector(repeating: constants.beta2))
    let (rest1, rest2) = (1 - constants.beta1, 1 - constants.beta2)
    var i = 0
    while i < count {
        let left = count &- i
        let gradient = load(g + i, count: left) * constants.gradientScale
        var first = (gradient * rest1).addingProduct(load(m + i, count: left), beta1)
        var second = (gradient * gradient * rest2).addingProduct(load(v + i, count: left), beta2)
        let size = first.replacing(with: -first, where: first .< 0)
        first.replace(with: 0, where: size .< 1e-30)
        second.replace(with: 0, where: second .< 1e-30)
        let root = squareRoot(second) * constants.rootScale + constants.epsilon
        let weight = load(w + i, count: left) * constants.keep - constants.stepSize * (first / root)
        store(weight, to: w + i, count: left)
        store(first, to: m + i, count: left)
        store(second, to: v + i, count: left)
        if clearing { store(.zero, to: g + i, count: left) }
        i &+= 16
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
