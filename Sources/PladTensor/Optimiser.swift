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

/// One AdamW step over all values in a single pass: weights, both moments. Gradients are read, not cleared.
///
/// - Precondition: the four buffers have the same count.
package func adamW(
    weights: AlignedBuffer, gradients: AlignedBuffer, firstMoments: AlignedBuffer, secondMoments: AlignedBuffer,
    parameters: AdamWParameters, workers: Workers
) {
    fatalError()
}

/// The sum of the squares of all values, in float64: the square of a gradient's L2 norm. NaN and infinity pass through.
package func sumOfSquares(_ buffer: AlignedBuffer, workers: Workers) -> Double {
    fatalError()
}

/// Sets all values to zero.
package func clear(_ buffer: AlignedBuffer, workers: Workers) {
    fatalError()
}
