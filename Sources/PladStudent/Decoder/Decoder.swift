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

    /// Cuts rows into blocks, none of which straddles the first predicting row.
    func blocks(of packed: PackedTrees) -> [Range<Int>] {
        let share = (packed.rowCount + workers.threads - 1) / workers.threads
        let rows = min(Decoder.blockRows, (share + 15) / 16 * 16)
        func cut(_ range: Range<Int>) -> [Range<Int>] {
            stride(from: range.lowerBound, to: range.upperBound, by: rows).map { $0..<min(range.upperBound, $0 + rows) }
        }
        return cut(0..<packed.firstPredicting) + cut(packed.firstPredicting..<packed.rowCount)
    }

    /// Enough rows for a matrix product to run at full speed, few enough for their activations to stay near.
    static let blockRows = 256

    /// Computes all layers and the final norm; `activations.normal` then holds the head's input for predicting rows.
    ///
    /// - Parameter visit: called after each layer's attention, while its queries, keys and values are there.
    func forward(
        _ packed: PackedTrees, _ activations: Activations, keeping: Bool,
        visit: (_ number: Int, _ layer: Activations.Layer) -> Void = { _, _ in }
    ) {
        rotary.reserve(packed.depth)
        activations.reserve(rows: packed.rowCount)
        let blocks = blocks(of: packed)
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
            workers.run(blocks.count) { part in
                let rows = blocks[part]
                let last = number == count - 1
                if last && rows.lowerBound < packed.firstPredicting { return }
                leave(number, rows, activations)
                if last { finish(rows, activations) } else { enter(number + 1, rows, packed, activations) }
            }
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
        let unused = number == configuration.layerCount - 1 && first < packed.firstPredicting ? configuration.attentionWidth : 0
        linear(
            Matrix(activations.normal + first * width, stride: width), weight: weights.queryKeyValue.from(row: unused),
            into: Matrix(layer.queryKeyValue + first * wide, stride: wide).from(column: unused),
            rows: rows.count, inputs: width, outputs: wide - unused)
        let heads = configuration.headCount + configuration.keyValueHeadCount - unused / configuration.headWidth
        for row in rows {
            rotary.turn(layer.queryKeyValue + (row * wide + unused), count: heads, position: Int(packed.positions[row]))
        }
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
