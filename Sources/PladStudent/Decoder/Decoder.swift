import PladTensor

/// A decoder-only transformer over packed rows: the parametric one that all families share.
///
/// Row-wise work goes by blocks of rows, attention by tree and key/value head, so that both use all threads and a block
/// stays in a core's cache from one operation to the next.
final class Decoder {
    let configuration: StudentConfiguration
    let tensors: DecoderTensors
    let workers: Workers
    let rotary: RotaryTable
    let shape: AttentionShape
    private let scratches: [AttentionScratch]
    let head: HeadScratch

    init(_ configuration: StudentConfiguration, weights: Weights, workers: Workers) {
        self.configuration = configuration
        self.workers = workers
        tensors = DecoderTensors(weights, configuration)
        rotary = RotaryTable(configuration.rotary, headWidth: configuration.headWidth)
        shape = AttentionShape(
            heads: configuration.headCount, keyValueHeads: configuration.keyValueHeadCount, headWidth: configuration.headWidth)
        scratches = (0..<workers.threads).map { _ in AttentionScratch() }
        head = HeadScratch(configuration, threads: workers.threads)
    }

    func scratch(_ worker: Int, depth: Int, backward: Bool) -> AttentionScratch {
        let scratch = scratches[worker]
        scratch.reserve(depth: depth, shape: shape, backward: backward)
        return scratch
    }

    /// Cuts rows into blocks of about the same size, the same number for every thread.
    func blocks(_ rows: Range<Int>) -> [Range<Int>] {
        let rounds = (rows.count + workers.threads * Decoder.blockRows - 1) / (workers.threads * Decoder.blockRows)
        let count = max(1, rounds * workers.threads)
        let share = max(16, (rows.count + count - 1) / count)
        return stride(from: rows.lowerBound, to: rows.upperBound, by: share).map { $0..<min(rows.upperBound, $0 + share) }
    }

    /// Enough rows that a matrix product does not feel the packing of its weights, few enough that small models' activations stay near.
    static let blockRows = 768

    /// Computes all layers and the final norm; `activations.normal` then holds the head's input for predicting rows.
    ///
    /// - Parameter visit: called after each layer's attention, while its queries, keys and values are there.
    func forward(
        _ packed: PackedTrees, _ activations: Activations, keeping: Bool,
        visit: (_ number: Int, _ layer: Activations.Layer) -> Void = { _, _ in }
    ) {
        rotary.reserve(packed.depth)
        activations.reserve(rows: packed.rowCount)
        let blocks = blocks(0..<packed.rowCount)
        let predicting = self.blocks(packed.firstPredicting..<packed.rowCount)
        let count = configuration.layerCount
        let jobs = packed.trees.count * shape.keyValueHeads
        let depth = packed.depth
        workers.run(blocks.count) { part in
            let rows = blocks[part]
            packed.ids.withUnsafeBufferPointer { ids in
                gatherRows(
                    tensors.embedding.start, ids: ids.baseAddress!, into: activations.layers[0].input, range: rows,
                    width: configuration.width)
            }
            enter(0, rows, packed, activations)
        }
        for number in 0..<count {
            let layer = activations.layers[number]
            workers.run(jobs) { part, worker in
                attend(
                    packed.trees[part / shape.keyValueHeads], keyValueHead: part % shape.keyValueHeads, shape: shape,
                    queryKeyValue: layer.queryKeyValue, output: layer.attention, logSumExp: keeping ? layer.logSumExp : nil,
                    skippingBody: number == count - 1, scratch: scratch(worker, depth: depth, backward: keeping))
            }
            visit(number, layer)
            guard number < count - 1 else { break }
            workers.run(blocks.count) { part in
                leave(number, blocks[part], activations)
                enter(number + 1, blocks[part], packed, activations)
            }
        }
        workers.run(predicting.count) { part in
            leave(count - 1, predicting[part], activations)
            finish(predicting[part], activations)
        }
    }

    /// From a layer's input to rotated queries, keys and values. Rows that predict nothing need no queries in the last layer.
    private func enter(_ number: Int, _ rows: Range<Int>, _ packed: PackedTrees, _ activations: Activations) {
        let (width, wide) = (configuration.width, configuration.queryKeyValueWidth)
        let (layer, weights) = (activations.layers[number], tensors.layers[number])
        let first = rows.lowerBound
        rmsNorm(
            layer.input + first * width, gain: weights.attentionNorm, epsilon: configuration.normEpsilon,
            into: activations.normal + first * width, inverse: layer.attentionInverse + first, rows: rows.count, width: width)
        for (rows, unused) in queryless(number, rows, packed) {
            let first = rows.lowerBound
            linear(
                Matrix(activations.normal + first * width, stride: width), weight: weights.queryKeyValue.from(row: unused),
                into: Matrix(layer.queryKeyValue + first * wide, stride: wide).from(column: unused),
                rows: rows.count, inputs: width, outputs: wide - unused)
            let heads = configuration.headCount + configuration.keyValueHeadCount - unused / configuration.headWidth
            for row in rows {
                rotary.turn(layer.queryKeyValue + (row * wide + unused), count: heads, position: Int(packed.positions[row]))
            }
        }
    }

    /// Cuts a block at the first row that predicts; the rows before it have that many unused query columns in the last layer.
    func queryless(_ number: Int, _ rows: Range<Int>, _ packed: PackedTrees) -> [(rows: Range<Int>, unused: Int)] {
        let cut =
            number == configuration.layerCount - 1 ? min(max(packed.firstPredicting, rows.lowerBound), rows.upperBound) : rows.lowerBound
        return [(rows.lowerBound..<cut, configuration.attentionWidth), (cut..<rows.upperBound, 0)].filter { !$0.0.isEmpty }
    }

    /// From attention's output to the layer's output.
    private func leave(_ number: Int, _ rows: Range<Int>, _ activations: Activations) {
        let (width, feedForward) = (configuration.width, configuration.feedForwardWidth)
        let (layer, weights) = (activations.layers[number], tensors.layers[number])
        let (first, count) = (rows.lowerBound, rows.count)
        let (input, middle) = (layer.input + first * width, layer.middle + first * width)
        let (output, gateUp) = (layer.output + first * width, layer.gateUp + first * 2 * feedForward)
        let (normal, hidden) = (activations.normal + first * width, activations.hidden + first * feedForward)
        middle.update(from: input, count: count * width)
        linear(
            Matrix(layer.attention + first * configuration.attentionWidth, stride: configuration.attentionWidth),
            weight: weights.attentionOutput, into: Matrix(middle, stride: width),
            rows: count, inputs: configuration.attentionWidth, outputs: width, accumulating: true)
        rmsNorm(
            middle, gain: weights.feedForwardNorm, epsilon: configuration.normEpsilon,
            into: normal, inverse: layer.feedForwardInverse + first, rows: count, width: width)
        linear(
            Matrix(normal, stride: width), weight: weights.gateUp, into: Matrix(gateUp, stride: 2 * feedForward),
            rows: count, inputs: width, outputs: 2 * feedForward)
        swiGLU(gateUp, into: hidden, rows: count, width: feedForward)
        output.update(from: middle, count: count * width)
        linear(
            Matrix(hidden, stride: feedForward), weight: weights.down, into: Matrix(output, stride: width),
            rows: count, inputs: feedForward, outputs: width, accumulating: true)
    }

    private func finish(_ rows: Range<Int>, _ activations: Activations) {
        let width = configuration.width
        let first = rows.lowerBound * width
        rmsNorm(
            activations.layers[configuration.layerCount - 1].output + first, gain: tensors.finalNorm, epsilon: configuration.normEpsilon,
            into: activations.normal + first, inverse: activations.finalInverse + rows.lowerBound, rows: rows.count, width: width)
    }
}
