import PladTensor

/// What stands between the last projection of attention or feed-forward and the residual stream: nothing, a norm (Gemma, OLMo 2) or a
/// factor (Granite).
extension Stack {
    /// Computes result = input + factor·norm(x·wᵀ), [rows, C].
    ///
    /// - Parameters:
    ///   - x: [rows, inputs of the projection]; `input` and `result` point to the first of the rows, `kept` to row 0.
    ///   - kept: memory for the product; nil if nothing is done to it.
    func add(
        _ projection: Projection, of x: Matrix, to input: UnsafeMutablePointer<Float>, into result: UnsafeMutablePointer<Float>,
        _ kept: Activations.Output?, norm: NormTensors?, _ rows: Range<Int>
    ) {
        let (width, count) = (configuration.width, rows.count)
        guard let kept else {
            result.update(from: input, count: count * width)
            return projection.apply(x, to: Matrix(result, stride: width), rows: count, adding: true)
        }
        let plain = kept.plain + rows.lowerBound * width
        projection.apply(x, to: Matrix(plain, stride: width), rows: count)
        norm.apply(plain, into: result, inverseRMS: kept.inverseRMS + rows.lowerBound, rows: count, width: width)
        if configuration.residualScale != 1 { scale(result, by: configuration.residualScale, into: result, count: count * width) }
        addParts(input, stride: 0, parts: 1, to: result, range: 0..<count * width)
    }

    /// The gradient at a projection's output, given that of the row it is added to; overwrites what `add` kept.
    ///
    /// - Parameters:
    ///   - d: gradient of the result, from row 0 on; `target` and `scratch` likewise, [T, C] each.
    ///   - sums: of the norm's gradients.
    /// - Returns: `target`, or `d` itself if nothing is done to the output.
    func outputBackward(
        _ d: UnsafeMutablePointer<Float>, _ kept: Activations.Output?, norm: NormTensors?, into target: UnsafeMutablePointer<Float>,
        scratch: UnsafeMutablePointer<Float>, sums: UnsafeMutablePointer<Float>?, _ rows: Range<Int>
    ) -> UnsafeMutablePointer<Float> {
        guard let kept else { return d }
        let (first, count) = (rows.lowerBound * configuration.width, rows.count * configuration.width)
        let factor = configuration.residualScale
        guard let norm, let sums else {
            scale(d + first, by: factor, into: target + first, count: count)
            return target
        }
        scale(d + first, by: factor, into: scratch + first, count: count)
        (target + first).update(repeating: 0, count: count)
        norm.backward(
            scratch + first, x: kept.plain + first, inverseRMS: kept.inverseRMS + rows.lowerBound, addingTo: target + first, sums: sums,
            into: kept.plain + first, rows: rows.count)
        return target
    }

    /// The sums of the gradients of a layer's norms behind its attention.
    struct LowerNormSums {
        private let feedForward: NormSums
        private let attentionOutput, feedForwardOutput: NormSums?

        struct Block {
            let feedForward: UnsafeMutablePointer<Float>
            let attentionOutput, feedForwardOutput: UnsafeMutablePointer<Float>?
        }

        init(_ configuration: StudentConfiguration, blocks: Int) {
            func sums() -> NormSums { NormSums(blocks: blocks, width: configuration.width) }
            feedForward = sums()
            (attentionOutput, feedForwardOutput) = configuration.normsOutputs ? (sums(), sums()) : (nil, nil)
        }

        func of(_ block: Int) -> Block {
            Block(
                feedForward: feedForward.of(block), attentionOutput: attentionOutput?.of(block),
                feedForwardOutput: feedForwardOutput?.of(block))
        }

        /// Adds all sums to a layer's gradients and resets them.
        func drain(to layer: LayerTensors) {
            feedForward.drain(to: layer.feedForwardNorm)
            attentionOutput?.drain(to: layer.attention.outputNorm)
            feedForwardOutput?.drain(to: layer.feedForwardOutputNorm)
        }
    }
}
