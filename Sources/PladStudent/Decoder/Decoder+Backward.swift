import PladTensor

extension Decoder {
    /// Adds the gradients of all weights but the head, given that of the head's input, [predicting rows, C].
    ///
    /// Uses up `activations`. Weight gradients are matrix products over all rows, cut by outputs; they run beside the row-wise
    /// work that does not need them.
    func backward(_ packed: PackedTrees, _ activations: Activations, dNormal: UnsafeMutablePointer<Float>, gradients: DecoderTensors) {
        let blocks = blocks(0..<packed.rowCount)
        let predicting = self.blocks(packed.firstPredicting..<packed.rowCount)
        let width = configuration.width
        let depth = packed.depth
        let gains = GainGradients(blocks: max(blocks.count, predicting.count), width: width)
        let heads = packed.trees.count * shape.keyValueHeads
        var d = activations.gradients!
        let last = configuration.layerCount - 1

        workers.run(predicting.count) { part in
            let rows = predicting[part]
            finishBackward(rows, packed, activations, dNormal: dNormal, d, gain: gains.of(part))
            leaveBackward(last, rows, activations, d, gain: gains.second(part))
        }
        gains.add(to: gradients.finalNorm)
        gains.addSecond(to: gradients.layers[last].feedForwardNorm)
        for number in stride(from: last, through: 0, by: -1) {
            let layer = activations.layers[number]
            let firstRow = number == last ? packed.firstPredicting : 0
            let products = leaveProducts(number, activations, d, gradients, firstRow: firstRow, rowCount: packed.rowCount)
            workers.run(heads + products.count) { part, worker in
                guard part < heads else { return products[part - heads].run() }
                attendBackward(
                    packed.trees[part / shape.keyValueHeads], keyValueHead: part % shape.keyValueHeads, shape: shape,
                    queryKeyValue: layer.queryKeyValue, output: layer.attention, logSumExp: layer.logSumExp, dOutput: d.attention,
                    dQueryKeyValue: d.queryKeyValue, skippingBody: number == last,
                    scratch: scratch(worker, depth: depth, backward: true))
            }
            workers.run(blocks.count) { part in
                enterBackward(number, blocks[part], packed, activations, d, gain: gains.of(part))
            }
            gains.add(to: gradients.layers[number].attentionNorm)
            // What was the gradient between the halves is now that of the layer's input: the output of the layer below.
            swap(&d.output, &d.middle)
            let entrance = enterProducts(number, d, gradients, rowCount: packed.rowCount)
            let below = number > 0 ? blocks.count : 0
            workers.run(entrance.count + below) { part in
                guard part >= entrance.count else { return entrance[part].run() }
                leaveBackward(number - 1, blocks[part - entrance.count], activations, d, gain: gains.second(part - entrance.count))
            }
            if number > 0 { gains.addSecond(to: gradients.layers[number - 1].feedForwardNorm) }
        }
        let columns = max(16, (width + workers.threads - 1) / workers.threads)
        workers.split(width, grain: (columns + 15) / 16 * 16) { range, _ in
            packed.ids.withUnsafeBufferPointer { ids in
                scatterRows(
                    d.output, ids: ids.baseAddress!, addingTo: gradients.embedding.start,
                    count: packed.rowCount, columns: range, width: width)
            }
        }
    }

    /// Backward of the final norm; the gradient between the halves of the last layer is zero where rows predict nothing.
    private func finishBackward(
        _ rows: Range<Int>, _ packed: PackedTrees, _ activations: Activations, dNormal: UnsafeMutablePointer<Float>,
        _ d: Activations.Gradients, gain: UnsafeMutablePointer<Float>
    ) {
        let width = configuration.width
        let first = rows.lowerBound * width
        (d.output + first).update(repeating: 0, count: rows.count * width)
        rmsNormBackward(
            dNormal + (first - packed.firstPredicting * width), x: activations.layers[configuration.layerCount - 1].output + first,
            gain: tensors.finalNorm, inverse: activations.finalInverse + rows.lowerBound, addingTo: d.output + first, addingTo: gain,
            into: d.feedForwardNormal + first, rows: rows.count, width: width)
    }

    /// From the gradient of a layer's output to those of its middle and of attention's output.
    private func leaveBackward(
        _ number: Int, _ rows: Range<Int>, _ activations: Activations, _ d: Activations.Gradients, gain: UnsafeMutablePointer<Float>
    ) {
        let (width, feedForward) = (configuration.width, configuration.feedForwardWidth)
        let (layer, weights) = (activations.layers[number], tensors.layers[number])
        let (first, count) = (rows.lowerBound, rows.count)
        let (output, middle) = (d.output + first * width, d.middle + first * width)
        let (gateUp, hidden) = (layer.gateUp + first * 2 * feedForward, activations.hidden + first * feedForward)
        linearInputGradient(
            Matrix(output, stride: width), weight: weights.down, into: Matrix(hidden, stride: feedForward),
            rows: count, inputs: feedForward, outputs: width)
        swiGLUBackward(gateUp: gateUp, dh: hidden, rows: count, width: feedForward)
        linearInputGradient(
            Matrix(gateUp, stride: 2 * feedForward), weight: weights.gateUp, into: Matrix(d.normal + first * width, stride: width),
            rows: count, inputs: width, outputs: 2 * feedForward)
        middle.update(from: output, count: count * width)
        rmsNormBackward(
            d.normal + first * width, x: layer.middle + first * width, gain: weights.feedForwardNorm,
            inverse: layer.feedForwardInverse + first,
            addingTo: middle, addingTo: gain, into: d.feedForwardNormal + first * width, rows: count, width: width)
        linearInputGradient(
            Matrix(middle, stride: width), weight: weights.attentionOutput,
            into: Matrix(d.attention + first * configuration.attentionWidth, stride: configuration.attentionWidth),
            rows: count, inputs: configuration.attentionWidth, outputs: width)
    }

    /// From the gradient of queries, keys and values to that of the layer's input, added to the one between its halves.
    private func enterBackward(
        _ number: Int, _ rows: Range<Int>, _ packed: PackedTrees, _ activations: Activations, _ d: Activations.Gradients,
        gain: UnsafeMutablePointer<Float>
    ) {
        let (width, wide) = (configuration.width, configuration.queryKeyValueWidth)
        let (layer, weights) = (activations.layers[number], tensors.layers[number])
        for (rows, unused) in queryless(number, rows, packed) {
            let heads = configuration.headCount + configuration.keyValueHeadCount - unused / configuration.headWidth
            for row in rows {
                rotary.turn(d.queryKeyValue + (row * wide + unused), count: heads, position: Int(packed.positions[row]), inverse: true)
            }
            let first = rows.lowerBound
            linearInputGradient(
                Matrix(d.queryKeyValue + (first * wide + unused), stride: wide), weight: weights.queryKeyValue.from(row: unused),
                into: Matrix(d.normal + first * width, stride: width), rows: rows.count, inputs: width, outputs: wide - unused)
            if unused > 0 { (d.middle + first * width).update(repeating: 0, count: rows.count * width) }
        }
        let first = rows.lowerBound
        rmsNormBackward(
            d.normal + first * width, x: layer.input + first * width, gain: weights.attentionNorm, inverse: layer.attentionInverse + first,
            addingTo: d.middle + first * width, addingTo: gain, into: d.attentionNormal + first * width, rows: rows.count, width: width)
    }

    private func leaveProducts(
        _ number: Int, _ activations: Activations, _ d: Activations.Gradients, _ gradients: DecoderTensors, firstRow: Int, rowCount: Int
    ) -> [WeightProduct] {
        let (width, feedForward, attention) = (configuration.width, configuration.feedForwardWidth, configuration.attentionWidth)
        let (layer, target) = (activations.layers[number], gradients.layers[number])
        let rows = firstRow..<rowCount
        return
            cut(
                Matrix(layer.gateUp, stride: 2 * feedForward), Matrix(d.feedForwardNormal, stride: width), target.gateUp, rows,
                2 * feedForward, width)
            + cut(Matrix(d.output, stride: width), Matrix(activations.hidden, stride: feedForward), target.down, rows, width, feedForward)
            + cut(
                Matrix(d.middle, stride: width), Matrix(layer.attention, stride: attention), target.attentionOutput, rows, width, attention)
    }

    private func enterProducts(
        _ number: Int, _ d: Activations.Gradients, _ gradients: DecoderTensors, rowCount: Int
    ) -> [WeightProduct] {
        let (width, wide) = (configuration.width, configuration.queryKeyValueWidth)
        return cut(
            Matrix(d.queryKeyValue, stride: wide), Matrix(d.attentionNormal, stride: width), gradients.layers[number].queryKeyValue,
            0..<rowCount, wide, width)
    }

    private func cut(_ dy: Matrix, _ x: Matrix, _ dw: Matrix, _ rows: Range<Int>, _ outputs: Int, _ inputs: Int) -> [WeightProduct] {
        let share = max(32, (outputs + 2 * workers.threads - 1) / (2 * workers.threads))
        return stride(from: 0, to: outputs, by: share).map { first in
            WeightProduct(
                dy: dy.from(row: rows.lowerBound, column: first), x: x.from(row: rows.lowerBound), dw: dw.from(row: first),
                rows: rows.count, inputs: inputs, outputs: min(share, outputs - first))
        }
    }
}

/// One piece of a weight gradient: some outputs, all rows.
private struct WeightProduct {
    let dy, x, dw: Matrix
    let rows, inputs, outputs: Int

    func run() {
        linearWeightGradient(dy, x, addingTo: dw, rows: rows, inputs: inputs, outputs: outputs)
    }
}

/// Gradients of two norms' gains, a sum for every block of rows, joined in the order of the blocks: the same whoever did which block.
private struct GainGradients {
    private let memory: AlignedBuffer
    private let blocks: Int
    private let width: Int

    init(blocks: Int, width: Int) {
        self.blocks = blocks
        self.width = width
        memory = AlignedBuffer(count: 2 * blocks * width)
    }

    /// [C]
    func of(_ block: Int) -> UnsafeMutablePointer<Float> { memory.pointer + block * width }
    func second(_ block: Int) -> UnsafeMutablePointer<Float> { memory.pointer + (blocks + block) * width }

    func add(to gain: UnsafeMutablePointer<Float>) { drain(of(0), to: gain) }
    func addSecond(to gain: UnsafeMutablePointer<Float>) { drain(second(0), to: gain) }

    private func drain(_ parts: UnsafeMutablePointer<Float>, to gain: UnsafeMutablePointer<Float>) {
        addParts(parts, stride: width, parts: blocks, to: gain, range: 0..<width)
        parts.update(repeating: 0, count: blocks * width)
    }
}
