import PladTensor

extension Stack {
    /// Adds the gradients of all the stack's weights, given that of its output, and returns that of its input, [T, C].
    ///
    /// Overwrites `activations`. Weight gradients are matrix products over all rows, split by outputs; they run beside the row-wise
    /// work that does not need them.
    /// - Parameters:
    ///   - dOutput: gradient of the final norm's output, [predicting rows, C].
    ///   - gradients: the stack's tensors in the layout of gradients.
    ///   - source: the `source` of `forward`; its gradient is then in `activations.gradients.source`.
    func backward(
        _ packed: PackedTrees, _ activations: Activations, dOutput: UnsafeMutablePointer<Float>, gradients: StackTensors,
        source: Source? = nil
    ) -> UnsafeMutablePointer<Float> {
        let blocks = blocks(0..<packed.rowCount)
        let predicting = self.blocks(packed.firstPredicting..<packed.rowCount)
        let depth = max(packed.depth, source?.depth ?? 0)
        let sums = normSums(blocks.count)
        let below = LowerNormSums(configuration, blocks: max(blocks.count, predicting.count))
        let headSums = tensors.layers[0].attention.headNorms.map { NormSums(blocks: blocks.count, width: $0.query.width + $0.key.width) }
        let jobs = packed.trees.count * shape.keyValueHeads
        var d = activations.gradients!
        let last = layerCount - 1
        relativeBias?.clearGradients(texts: packed.trees.count)
        if let source { d.source.update(repeating: 0, count: source.rowCount * configuration.width) }

        let finalSums = normSums(predicting.count)
        workers.run(predicting.count) { part in
            finishBackward(predicting[part], packed, activations, dOutput: dOutput, d, sums: finalSums.of(part))
            attentionOutputAndFeedForwardBackward(last, predicting[part], activations, d, sums: below.of(part))
        }
        finalSums.drain(to: gradients.finalNorm)
        below.drain(to: gradients.layers[last])
        for number in stride(from: last, through: 0, by: -1) {
            let (layer, target) = (activations.layers[number], gradients.layers[number])
            var products = attentionOutputAndFeedForwardProducts(
                number, activations, d, target, rows: (number == last ? packed.firstPredicting : 0)..<packed.rowCount)
            if let source {
                workers.run(jobs + products.count) { part, worker in
                    guard part < jobs else { return products[part - jobs]() }
                    attendSourceBackward(
                        number, part, packed, source, activations, d, scratch(worker, depth: depth, backward: true))
                }
                let texts = self.blocks(0..<source.rowCount)
                workers.run(blocks.count + texts.count) { part in
                    guard part < blocks.count else { return sourceGradient(number, texts[part - blocks.count], d) }
                    crossAttentionInputBackward(number, blocks[part], activations, d, sums: sums.of(part))
                }
                sums.drain(to: target.cross!.norm)
                products = crossProducts(number, activations, d, target, rowCount: packed.rowCount, source)
            }
            workers.run(jobs + products.count) { part, worker in
                guard part < jobs else { return products[part - jobs]() }
                attendBackward(number, part, packed, layer, d, scratch(worker, depth: depth, backward: true))
            }
            workers.run(blocks.count) { part in
                attentionInputBackward(
                    number, blocks[part], packed, activations, d, sums: sums.of(part), headSums: headSums?.of(part))
            }
            sums.drain(to: target.attention.norm)
            if let headSums, let norms = target.attention.headNorms { headSums.drain(toHeads: norms.query, norms.key) }
            // What was the gradient between the parts is now that of the layer's input: the output of the layer below.
            swap(&d.output, &d.residual)
            let inputProducts = attentionInputProducts(number, d, target, rowCount: packed.rowCount)
            workers.run(inputProducts.count + (number > 0 ? blocks.count : 0)) { part in
                guard part >= inputProducts.count else { return inputProducts[part]() }
                attentionOutputAndFeedForwardBackward(
                    number - 1, blocks[part - inputProducts.count], activations, d, sums: below.of(part - inputProducts.count))
            }
            if number > 0 { below.drain(to: gradients.layers[number - 1]) }
        }
        if let relativeBias, let target = gradients.relativeBias, !gradients.finalNorm.isFrozen { relativeBias.gather(to: target) }
        return d.output
    }

    private func normSums(_ blocks: Int) -> NormSums { NormSums(blocks: blocks, width: configuration.width) }

    /// Backward of one head's self-attention in one text.
    private func attendBackward(
        _ number: Int, _ part: Int, _ packed: PackedTrees, _ layer: Activations.Layer, _ d: Activations.Gradients,
        _ scratch: AttentionScratch
    ) {
        let (text, head) = (part / shape.keyValueHeads, part % shape.keyValueHeads)
        let tree = packed.trees[text]
        let input = AttentionInput(queryKeyValue: layer.queryKeyValue, shape: shape)
        let gradient = AttentionInput(queryKeyValue: d.queryKeyValue, shape: shape)
        let rules = rules(number, text: text)
        if isCausal {
            PladTensor.attendBackward(
                tree, keyValueHead: head, shape: shape, input: input, rules: rules, output: layer.attention, logSumExp: layer.logSumExp,
                dOutput: d.attention, gradient: gradient, scratch: scratch)
        } else {
            PladTensor.attendBackward(
                queries: tree.rows, keys: tree.rows, keyValueHead: head, shape: shape, input: input, rules: rules,
                output: layer.attention, logSumExp: layer.logSumExp, dOutput: d.attention, gradient: gradient, scratch: scratch)
        }
    }

    /// Backward of the final norm; the gradient at the last layer's output is zero in rows that predict nothing.
    private func finishBackward(
        _ rows: Range<Int>, _ packed: PackedTrees, _ activations: Activations, dOutput: UnsafeMutablePointer<Float>,
        _ d: Activations.Gradients, sums: UnsafeMutablePointer<Float>
    ) {
        let width = configuration.width
        let first = rows.lowerBound * width
        (d.output + first).update(repeating: 0, count: rows.count * width)
        tensors.finalNorm.backward(
            dOutput + (first - packed.firstPredicting * width), x: activations.layers[layerCount - 1].output + first,
            inverseRMS: activations.finalInverseRMS + rows.lowerBound, addingTo: d.output + first, sums: sums,
            into: d.feedForwardNormalized + first, rows: rows.count)
    }

    /// Backward from a layer's output to its residual row and to the attention before it.
    private func attentionOutputAndFeedForwardBackward(
        _ number: Int, _ rows: Range<Int>, _ activations: Activations, _ d: Activations.Gradients, sums: LowerNormSums.Block
    ) {
        let (width, feedForward, wide) = (configuration.width, configuration.feedForwardWidth, configuration.feedForwardUpWidth)
        let (layer, weights) = (activations.layers[number], tensors.layers[number])
        let (first, count) = (rows.lowerBound, rows.count)
        let (output, residual) = (d.output + first * width, d.residual + first * width)
        let (feedForwardUp, hidden) = (layer.feedForwardUp + first * wide, activations.hidden + first * feedForward)
        let normalized = d.normalized + first * width
        let dDown = outputBackward(
            d.output, layer.feedForwardOutput, norm: weights.feedForwardOutputNorm, into: d.feedForwardOutput, scratch: d.normalized,
            sums: sums.feedForwardOutput, rows)
        weights.feedForwardDown.inputGradient(
            Matrix(dDown + first * width, stride: width), to: Matrix(hidden, stride: feedForward), rows: count)
        if configuration.isGated {
            gatedBackward(configuration.activation, gateUp: feedForwardUp, dh: hidden, rows: count, width: feedForward)
        } else {
            activateBackward(configuration.activation, x: feedForwardUp, dh: hidden, count: count * feedForward)
        }
        weights.feedForwardUp.inputGradient(Matrix(feedForwardUp, stride: wide), to: Matrix(normalized, stride: width), rows: count)
        residual.update(from: output, count: count * width)
        weights.feedForwardNorm.backward(
            normalized, x: layer.residual + first * width, inverseRMS: layer.feedForwardInverseRMS + first, addingTo: residual,
            sums: sums.feedForward, into: d.feedForwardNormalized + first * width, rows: count, width: width)
        let dAttention = outputBackward(
            d.residual, layer.attentionOutput, norm: weights.attention.outputNorm, into: d.attentionOutput, scratch: d.normalized,
            sums: sums.attentionOutput, rows)
        let attention = configuration.attentionWidth
        (weights.cross?.output ?? weights.attention.output).inputGradient(
            Matrix(dAttention + first * width, stride: width), to: Matrix(d.attention + first * attention, stride: attention), rows: count)
    }

    /// Backward from queries, keys and values to the layer's input; adds to the gradient between the layer's parts.
    private func attentionInputBackward(
        _ number: Int, _ rows: Range<Int>, _ packed: PackedTrees, _ activations: Activations, _ d: Activations.Gradients,
        sums: UnsafeMutablePointer<Float>, headSums: UnsafeMutablePointer<Float>?
    ) {
        let (width, wide) = (configuration.width, configuration.queryKeyValueWidth)
        let (layer, weights) = (activations.layers[number], tensors.layers[number].attention)
        for (rows, unused) in queryless(number, rows, packed) {
            let first = rows.lowerBound
            if let rotary = rotary[number] {
                let heads = configuration.headCount + configuration.keyValueHeadCount - unused / configuration.headWidth
                for row in rows {
                    rotary.turn(d.queryKeyValue + (row * wide + unused), count: heads, position: Int(packed.positions[row]), inverse: true)
                }
            }
            if let headSums { normHeadsBackward(number, rows, unused: unused, layer, gradient: d.queryKeyValue, sums: headSums) }
            weights.queryKeyValue.from(output: unused).inputGradient(
                Matrix(d.queryKeyValue + (first * wide + unused), stride: wide), to: Matrix(d.normalized + first * width, stride: width),
                rows: rows.count)
            if unused > 0 { (d.residual + first * width).update(repeating: 0, count: rows.count * width) }
        }
        let first = rows.lowerBound
        weights.norm.backward(
            d.normalized + first * width, x: layer.input + first * width, inverseRMS: layer.attentionInverseRMS + first,
            addingTo: d.residual + first * width, sums: sums, into: d.attentionNormalized + first * width, rows: rows.count, width: width)
    }

    /// Weight gradients of a layer, from its output down to the output projection of its last attention.
    private func attentionOutputAndFeedForwardProducts(
        _ number: Int, _ activations: Activations, _ d: Activations.Gradients, _ target: LayerTensors, rows: Range<Int>
    ) -> [() -> Void] {
        let (width, feedForward, wide) = (configuration.width, configuration.feedForwardWidth, configuration.feedForwardUpWidth)
        let (layer, weights) = (activations.layers[number], tensors.layers[number])
        return target.feedForwardUp.weightGradient(
            of: weights.feedForwardUp, dy: Matrix(layer.feedForwardUp, stride: wide), x: Matrix(d.feedForwardNormalized, stride: width),
            rows: rows,
            pieces: pieces)
            + target.feedForwardDown.weightGradient(
                of: weights.feedForwardDown,
                dy: Matrix(layer.feedForwardOutput == nil ? d.output : d.feedForwardOutput, stride: width),
                x: Matrix(activations.hidden, stride: feedForward), rows: rows, pieces: pieces)
            + (target.cross?.output ?? target.attention.output).weightGradient(
                of: weights.cross?.output ?? weights.attention.output,
                dy: Matrix(layer.attentionOutput == nil ? d.residual : d.attentionOutput, stride: width),
                x: Matrix(layer.cross?.attention ?? layer.attention, stride: configuration.attentionWidth), rows: rows, pieces: pieces)
    }

    /// Weight gradients of attention to the encoder, except its output projection, and of the self-attention's output projection.
    private func crossProducts(
        _ number: Int, _ activations: Activations, _ d: Activations.Gradients, _ target: LayerTensors, rowCount: Int, _ source: Source
    ) -> [() -> Void] {
        let (width, attention, cross) = (configuration.width, configuration.attentionWidth, target.cross!)
        let (rows, weights) = (0..<rowCount, tensors.layers[number])
        return cross.query.weightGradient(
            of: weights.cross!.query, dy: Matrix(d.crossQuery, stride: attention), x: Matrix(d.crossNormalized, stride: width), rows: rows,
            pieces: pieces)
            + cross.keyValue.weightGradient(
                of: weights.cross!.keyValue, dy: Matrix(d.crossKeyValue, stride: cross.keyValue.outputs),
                x: Matrix(source.output, stride: width),
                rows: 0..<source.rowCount, pieces: pieces)
            + target.attention.output.weightGradient(
                of: weights.attention.output, dy: Matrix(d.residual, stride: width),
                x: Matrix(activations.layers[number].attention, stride: attention), rows: rows,
                pieces: pieces)
    }

    private func attentionInputProducts(
        _ number: Int, _ d: Activations.Gradients, _ target: LayerTensors, rowCount: Int
    ) -> [() -> Void] {
        target.attention.queryKeyValue.weightGradient(
            of: tensors.layers[number].attention.queryKeyValue, dy: Matrix(d.queryKeyValue, stride: configuration.queryKeyValueWidth),
            x: Matrix(d.attentionNormalized, stride: configuration.width),
            rows: 0..<rowCount, pieces: pieces)
    }

    /// Number of work items: two for each thread, to even out delays.
    private var pieces: Int { 2 * workers.threads }
}
