import PladTensor

/// An encoder's output, and the range of its rows that each tree attends to.
struct Source {
    /// [S, C]
    let output: UnsafeMutablePointer<Float>
    let texts: [Range<Int>]

    var rowCount: Int { texts.last?.upperBound ?? 0 }
    var depth: Int { texts.map(\.count).max() ?? 0 }
}

/// Attention of a decoder's layers to the encoder's output.
extension Stack {
    /// Computes keys and values of the encoder's output, for every layer.
    func projectSource(_ source: Source, _ activations: Activations) {
        let (width, blocks) = (configuration.width, blocks(0..<source.rowCount))
        workers.run(blocks.count * layerCount) { part in
            let (number, rows) = (part / blocks.count, blocks[part % blocks.count])
            let projection = tensors.layers[number].cross!.keyValue
            let target = activations.layers[number].cross!.keyValue + rows.lowerBound * projection.outputs
            projection.apply(
                Matrix(source.output + rows.lowerBound * width, stride: width), to: Matrix(target, stride: projection.outputs),
                rows: rows.count)
        }
    }

    private func input(query: UnsafeMutablePointer<Float>, keyValue: UnsafeMutablePointer<Float>) -> AttentionInput {
        let half = configuration.keyValueHeadCount * configuration.headWidth
        let keys = Matrix(keyValue, stride: 2 * half)
        return AttentionInput(
            queries: Matrix(query, stride: configuration.attentionWidth), keys: keys, values: keys.from(column: half))
    }

    /// Computes queries for the encoder's output from the output of a layer's self-attention.
    func crossAttentionInput(_ number: Int, _ rows: Range<Int>, _ activations: Activations) {
        let (width, wide, first) = (configuration.width, configuration.attentionWidth, rows.lowerBound)
        let (layer, weights) = (activations.layers[number], tensors.layers[number])
        let (cross, projections) = (layer.cross!, weights.cross!)
        addAttention(weights.attention.output, layer.attention, to: layer.input, into: cross.input, nil, norm: nil, rows)
        projections.norm.apply(
            cross.input + first * width, into: activations.normalized + first * width, inverseRMS: cross.inverseRMS + first,
            rows: rows.count)
        projections.query.apply(
            Matrix(activations.normalized + first * width, stride: width), to: Matrix(cross.query + first * wide, stride: wide),
            rows: rows.count)
    }

    /// Computes one tree's and head's attention to its text.
    func attendSource(
        _ number: Int, _ part: Int, _ packed: PackedTrees, _ source: Source, _ activations: Activations, _ scratch: AttentionScratch,
        keeping: Bool
    ) {
        let cross = activations.layers[number].cross!
        attend(
            queries: packed.trees[part / shape.keyValueHeads].rows, keys: source.texts[part / shape.keyValueHeads],
            keyValueHead: part % shape.keyValueHeads, shape: shape, input: input(query: cross.query, keyValue: cross.keyValue),
            output: cross.attention, logSumExp: keeping ? cross.logSumExp : nil, scratch: scratch)
    }

    func attendSourceBackward(
        _ number: Int, _ part: Int, _ packed: PackedTrees, _ source: Source, _ activations: Activations, _ d: Activations.Gradients,
        _ scratch: AttentionScratch
    ) {
        let cross = activations.layers[number].cross!
        attendBackward(
            queries: packed.trees[part / shape.keyValueHeads].rows, keys: source.texts[part / shape.keyValueHeads],
            keyValueHead: part % shape.keyValueHeads, shape: shape, input: input(query: cross.query, keyValue: cross.keyValue),
            output: cross.attention, logSumExp: cross.logSumExp, dOutput: d.attention,
            gradient: input(query: d.crossQuery, keyValue: d.crossKeyValue), scratch: scratch)
    }

    /// Backward from these queries to the output of the layer's self-attention; adds to the gradient between the layer's parts.
    func crossAttentionInputBackward(
        _ number: Int, _ rows: Range<Int>, _ activations: Activations, _ d: Activations.Gradients, sums: UnsafeMutablePointer<Float>
    ) {
        let (width, wide, first) = (configuration.width, configuration.attentionWidth, rows.lowerBound)
        let (cross, weights) = (activations.layers[number].cross!, tensors.layers[number])
        let normalized = d.normalized + first * width
        weights.cross!.query.inputGradient(
            Matrix(d.crossQuery + first * wide, stride: wide), to: Matrix(normalized, stride: width), rows: rows.count)
        weights.cross!.norm.backward(
            normalized, x: cross.input + first * width, inverseRMS: cross.inverseRMS + first, addingTo: d.residual + first * width,
            sums: sums,
            into: d.crossNormalized + first * width, rows: rows.count)
        weights.attention.output.inputGradient(
            Matrix(d.residual + first * width, stride: width), to: Matrix(d.attention + first * wide, stride: wide), rows: rows.count)
    }

    /// Adds the gradient through a layer's keys and values to that of the encoder's output.
    func sourceGradient(_ number: Int, _ rows: Range<Int>, _ d: Activations.Gradients) {
        let (width, projection) = (configuration.width, tensors.layers[number].cross!.keyValue)
        projection.inputGradient(
            Matrix(d.crossKeyValue + rows.lowerBound * projection.outputs, stride: projection.outputs),
            to: Matrix(d.source + rows.lowerBound * width, stride: width), rows: rows.count, adding: true)
    }
}
