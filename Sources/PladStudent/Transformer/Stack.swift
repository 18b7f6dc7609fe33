import PladTensor

/// A stack of transformer layers over packed rows, a decoder or an encoder, whose parameters cover all families.
///
/// Row-wise work is split into blocks of rows, attention by text and key/value head, so that both use all threads and a block stays in
/// a core's cache from one operation to the next.
final class Stack {
    let configuration: StudentConfiguration
    let tensors: StackTensors
    let workers: Workers
    /// Tables of rotary positions by layer, nil for layers without; layers of the same positions share one.
    let rotary: [RotaryTable?]
    let relativeBias: RelativeBiasTable?
    let shape: AttentionShape
    /// True if a row attends only to its past, false if to all of its text.
    let isCausal: Bool
    private let scratches: [AttentionScratch]

    init(_ configuration: StudentConfiguration, tensors: StackTensors, isCausal: Bool, workers: Workers) {
        self.configuration = configuration
        self.tensors = tensors
        self.workers = workers
        self.isCausal = isCausal
        shape = AttentionShape(
            heads: configuration.headCount, keyValueHeads: configuration.keyValueHeadCount, headWidth: configuration.headWidth,
            scale: configuration.attentionScale, cap: configuration.scoreCap)
        rotary = RotaryTable.tables(configuration, layers: tensors.layers.count)
        switch configuration.positions {
        case .rotary, .learned: relativeBias = nil
        case .relative(let relative):
            relativeBias = tensors.relativeBias.map {
                RelativeBiasTable(relative, heads: configuration.headCount, bothWays: !isCausal, source: $0)
            }
        }
        scratches = (0..<workers.threads).map { _ in AttentionScratch() }
    }

    var layerCount: Int { tensors.layers.count }

    func makeActivations(keeping: Bool) -> Activations {
        Activations(configuration, layers: layerCount, crosses: tensors.layers[0].cross != nil, keeping: keeping)
    }

    func scratch(_ worker: Int, depth: Int, backward: Bool) -> AttentionScratch {
        let scratch = scratches[worker]
        scratch.reserve(depth: depth, shape: shape, backward: backward)
        return scratch
    }

    /// The attention rules of a layer's self-attention: scale, window and bias.
    func rules(_ number: Int, text: Int? = nil) -> AttentionRules {
        AttentionRules(
            window: configuration.windows.isEmpty ? nil : configuration.windows[number], bias: relativeBias?.bias(text: text),
            skippingPrompt: isCausal && number == layerCount - 1)
    }

    /// Prepares the tables of positions, for paths of `depth` rows from a tree's root.
    func reserve(depth: Int) {
        reserveRotary(depth: depth)
        relativeBias?.spread(depth: depth)
    }

    func reserveRotary(depth: Int) {
        for table in rotary { table?.reserve(depth) }
    }

    /// Splits rows into blocks of similar size, the same number for every thread.
    func blocks(_ rows: Range<Int>) -> [Range<Int>] {
        let rounds = (rows.count + workers.threads * Stack.blockRows - 1) / (workers.threads * Stack.blockRows)
        let count = max(1, rounds * workers.threads)
        let share = max(16, (rows.count + count - 1) / count)
        return stride(from: rows.lowerBound, to: rows.upperBound, by: share).map { $0..<min(rows.upperBound, $0 + share) }
    }

    /// Number of rows in a block: enough to amortise the packing of weights in a matrix product, few enough that small models'
    /// activations stay in cache.
    static let blockRows = 768

    /// Computes all layers and the final norm of the rows that predict; `activations.normalized` then holds its output.
    ///
    /// - Parameters:
    ///   - source: the encoder's output that the layers attend to.
    ///   - embed: writes rows of the first layer's input, [T, C].
    ///   - visit: called after each layer's attention, while its queries, keys and values are available.
    func forward(
        _ packed: PackedTrees, _ activations: Activations, keeping: Bool, source: Source? = nil,
        embed: (_ rows: Range<Int>, _ input: UnsafeMutablePointer<Float>) -> Void,
        visit: (_ number: Int, _ layer: Activations.Layer) -> Void = { _, _ in }
    ) {
        reserve(depth: packed.depth)
        activations.reserve(rows: packed.rowCount, source: source?.rowCount ?? 0)
        if let source { projectSource(source, activations) }
        let blocks = blocks(0..<packed.rowCount)
        let predicting = self.blocks(packed.firstPredicting..<packed.rowCount)
        let jobs = packed.trees.count * shape.keyValueHeads
        let depth = max(packed.depth, source?.depth ?? 0)
        workers.run(blocks.count) { part in
            embed(blocks[part], activations.layers[0].input)
            attentionInput(0, blocks[part], packed, activations)
        }
        for number in 0..<layerCount {
            let layer = activations.layers[number]
            let rules = rules(number)
            workers.run(jobs) { part, worker in
                let (tree, head) = (packed.trees[part / shape.keyValueHeads], part % shape.keyValueHeads)
                let input = AttentionInput(queryKeyValue: layer.queryKeyValue, shape: shape)
                let scratch = scratch(worker, depth: depth, backward: keeping)
                let logSumExp = keeping ? layer.logSumExp : nil
                if isCausal {
                    attend(
                        tree, keyValueHead: head, shape: shape, input: input, rules: rules, output: layer.attention, logSumExp: logSumExp,
                        scratch: scratch)
                } else {
                    attend(
                        queries: tree.rows, keys: tree.rows, keyValueHead: head, shape: shape, input: input, rules: rules,
                        output: layer.attention, logSumExp: logSumExp, scratch: scratch)
                }
            }
            visit(number, layer)
            if let source {
                workers.run(blocks.count) { part in crossAttentionInput(number, blocks[part], activations) }
                workers.run(jobs) { part, worker in
                    attendSource(
                        number, part, packed, source, activations, scratch(worker, depth: depth, backward: keeping), keeping: keeping)
                }
            }
            guard number < layerCount - 1 else { break }
            workers.run(blocks.count) { part in
                attentionOutputAndFeedForward(number, blocks[part], activations)
                attentionInput(number + 1, blocks[part], packed, activations)
            }
        }
        workers.run(predicting.count) { part in
            attentionOutputAndFeedForward(layerCount - 1, predicting[part], activations)
            finish(predicting[part], activations)
        }
    }

    /// Computes rotated queries, keys and values from a layer's input. Rows that predict nothing need no queries in the last layer.
    private func attentionInput(_ number: Int, _ rows: Range<Int>, _ packed: PackedTrees, _ activations: Activations) {
        let (width, wide) = (configuration.width, configuration.queryKeyValueWidth)
        let (layer, weights) = (activations.layers[number], tensors.layers[number].attention)
        let first = rows.lowerBound
        weights.norm.apply(
            layer.input + first * width, into: activations.normalized + first * width, inverseRMS: layer.attentionInverseRMS + first,
            rows: rows.count, width: width)
        for (rows, unused) in queryless(number, rows, packed) {
            let first = rows.lowerBound
            weights.queryKeyValue.from(output: unused).apply(
                Matrix(activations.normalized + first * width, stride: width),
                to: Matrix(layer.queryKeyValue + first * wide, stride: wide).from(column: unused), rows: rows.count)
            normHeads(number, rows, unused: unused, layer)
            guard let rotary = rotary[number] else { continue }
            let heads = configuration.headCount + configuration.keyValueHeadCount - unused / configuration.headWidth
            for row in rows {
                rotary.turn(layer.queryKeyValue + (row * wide + unused), count: heads, position: Int(packed.positions[row]))
            }
        }
    }

    /// Splits a block at the first row that predicts; the rows before it have that many unused query columns in the last layer.
    func queryless(_ number: Int, _ rows: Range<Int>, _ packed: PackedTrees) -> [(rows: Range<Int>, unused: Int)] {
        let cut =
            number == layerCount - 1 ? min(max(packed.firstPredicting, rows.lowerBound), rows.upperBound) : rows.lowerBound
        return [(rows.lowerBound..<cut, configuration.attentionWidth), (cut..<rows.upperBound, 0)].filter { !$0.0.isEmpty }
    }

    /// Computes the layer's output from that of attention.
    private func attentionOutputAndFeedForward(_ number: Int, _ rows: Range<Int>, _ activations: Activations) {
        let (width, feedForward, wide) = (configuration.width, configuration.feedForwardWidth, configuration.feedForwardUpWidth)
        let (layer, weights) = (activations.layers[number], tensors.layers[number])
        let (first, count) = (rows.lowerBound, rows.count)
        let (residual, output) = (layer.residual + first * width, layer.output + first * width)
        let (feedForwardUp, hidden) = (layer.feedForwardUp + first * wide, activations.hidden + first * feedForward)
        let normalized = activations.normalized + first * width
        addAttention(
            weights.cross?.output ?? weights.attention.output, layer.cross?.attention ?? layer.attention,
            to: layer.cross?.input ?? layer.input, into: layer.residual, layer.attentionOutput, norm: weights.attention.outputNorm, rows)
        weights.feedForwardNorm.apply(
            residual, into: normalized, inverseRMS: layer.feedForwardInverseRMS + first, rows: count, width: width)
        weights.feedForwardUp.apply(Matrix(normalized, stride: width), to: Matrix(feedForwardUp, stride: wide), rows: count)
        if configuration.isGated {
            gated(configuration.activation, feedForwardUp, into: hidden, rows: count, width: feedForward)
        } else {
            activate(configuration.activation, feedForwardUp, into: hidden, count: count * feedForward)
        }
        add(
            weights.feedForwardDown, of: Matrix(hidden, stride: feedForward), to: residual, into: output, layer.feedForwardOutput,
            norm: weights.feedForwardOutputNorm, rows)
    }

    /// Computes residual = input + the output projection of attention, [rows, C].
    func addAttention(
        _ projection: Projection, _ attention: UnsafeMutablePointer<Float>, to input: UnsafeMutablePointer<Float>,
        into residual: UnsafeMutablePointer<Float>, _ kept: Activations.Output?, norm: NormTensors?, _ rows: Range<Int>
    ) {
        let (width, wide, first) = (configuration.width, configuration.attentionWidth, rows.lowerBound)
        add(
            projection, of: Matrix(attention + first * wide, stride: wide), to: input + first * width, into: residual + first * width, kept,
            norm: norm, rows)
    }

    private func finish(_ rows: Range<Int>, _ activations: Activations) {
        let first = rows.lowerBound * configuration.width
        tensors.finalNorm.apply(
            activations.layers[layerCount - 1].output + first, into: activations.normalized + first,
            inverseRMS: activations.finalInverseRMS + rows.lowerBound, rows: rows.count)
    }
}
