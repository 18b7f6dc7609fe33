import PladRecords
import PladTensor

/// The decoder for generation: weights repacked for few rows, and one step for a batch of sequences.
///
/// A copy of the weights as they are when it is made. The result of a row depends on its sequence alone, to the bit:
/// products keep the order of sums (see `PanelMatrix`), and prompts are computed one by one.
final class DecodeModel {
    private struct Layer {
        let queryKeyValue, attentionOutput, gateUp, down: PanelMatrix
    }

    /// A sequence's next token with all that it has to attend to.
    struct Row {
        var token: TokenID
        var position: Int
        var prompt: KeyValueCache
        var promptCount: Int
        var own: KeyValueCache
    }

    let configuration: StudentConfiguration
    private let student: Student
    private let layers: [Layer]
    private let head: PanelMatrix
    /// All threads together, and each thread for itself.
    private let team: Workers
    private let alone: Workers
    /// For prompts: one decoder for all threads, or one for each.
    private let prefillers: [(decoder: Decoder, activations: Activations)]
    private let scratches: [DecodeScratch]
    /// Small models run a share of the rows on each thread, so that threads meet once a step and not six times a layer.
    private let sharesRows: Bool

    /// Below this many parameters a core streams all weights from its own cache faster than threads can meet.
    private static let smallModel = 2_000_000

    init(student: Student) {
        self.student = student
        configuration = student.configuration
        team = student.workers
        alone = Workers(threads: 1)
        let (configuration, tensors, workers) = (configuration, student.decoder.tensors, student.workers)
        func pack(_ matrix: Matrix, _ outputs: Int, _ inputs: Int) -> PanelMatrix {
            PanelMatrix(matrix, outputs: outputs, inputs: inputs, workers: workers)
        }
        layers = tensors.layers.map { layer in
            Layer(
                queryKeyValue: pack(layer.queryKeyValue, configuration.queryKeyValueWidth, configuration.width),
                attentionOutput: pack(layer.attentionOutput, configuration.width, configuration.attentionWidth),
                gateUp: pack(layer.gateUp, 2 * configuration.feedForwardWidth, configuration.width),
                down: pack(layer.down, configuration.width, configuration.feedForwardWidth))
        }
        head = pack(tensors.head, configuration.vocabularySize, configuration.width)
        sharesRows = student.weights.buffer.count < Self.smallModel
        prefillers =
            sharesRows
            ? (0..<team.threads).map { _ in
                (
                    Decoder(configuration, weights: student.weights, workers: Workers(threads: 1)),
                    Activations(configuration, keeping: false)
                )
            } : [(student.decoder, student.passing)]
        scratches = (0..<team.threads).map { _ in DecodeScratch() }
        student.decoder.rotary.reserve(configuration.contextLength)
    }

    /// Computes prompts: their keys and values, and the logits that follow each, [V].
    func prefill(_ prompts: [[TokenID]]) -> [(cache: KeyValueCache, logits: AlignedBuffer)] {
        let results = prompts.map { prompt in
            (
                cache: KeyValueCache(layers: configuration.layerCount, shape: student.decoder.shape, capacity: prompt.count),
                logits: AlignedBuffer(count: configuration.vocabularySize)
            )
        }
        (sharesRows ? team : alone).run(prompts.count) { part, worker in
            let (decoder, activations) = prefillers[worker]
            let packed = PackedTrees([PromptTree(prompt: prompts[part], continuations: [])])
            decoder.forward(packed, activations, keeping: false) { number, layer in
                for row in 0..<packed.rowCount {
                    results[part].cache.put(
                        layer.queryKeyValue + row * configuration.queryKeyValueWidth, layer: number, position: Int(packed.positions[row]))
                }
            }
            let normal = activations.normal + packed.firstPredicting * configuration.width
            multiply(head, normal, rows: 1, into: results[part].logits.pointer, sharesRows ? alone : team)
        }
        return results
    }

    /// One step of every row: `logits`, [rows, V], of what follows its token, whose key and value go to its own cache.
    func step(_ rows: [Row], into logits: UnsafeMutablePointer<Float>) {
        guard sharesRows else { return advance(rows, scratches[0], team, into: logits) }
        let share = (rows.count + team.threads - 1) / team.threads
        team.run((rows.count + share - 1) / share) { part, worker in
            let first = part * share
            advance(
                Array(rows[first..<min(rows.count, first + share)]), scratches[worker], alone,
                into: logits + first * configuration.vocabularySize)
        }
    }

    private func advance(_ rows: [Row], _ scratch: DecodeScratch, _ team: Workers, into logits: UnsafeMutablePointer<Float>) {
        let (width, wide) = (configuration.width, configuration.queryKeyValueWidth)
        let (feedForward, count) = (configuration.feedForwardWidth, rows.count)
        let shape = student.decoder.shape
        let tensors = student.decoder.tensors
        let attentionFloats =
            rows.map {
                cachedAttentionScratch(shape: shape, promptCount: $0.promptCount, ownCount: $0.position - $0.promptCount + 1)
            }.max() ?? 0
        scratch.reserve(rows: count, configuration, attention: attentionFloats)
        rows.map(\.token).withUnsafeBufferPointer {
            gatherRows(tensors.embedding.start, ids: $0.baseAddress!, into: scratch.stream, range: 0..<count, width: width)
        }
        for (number, layer) in layers.enumerated() {
            norm(scratch, rows: count, gain: tensors.layers[number].attentionNorm)
            multiply(layer.queryKeyValue, scratch.normal, rows: count, into: scratch.queryKeyValue, team)
            team.split(count, grain: 1) { range, _ in
                for index in range {
                    let row = rows[index]
                    let queryKeyValue = scratch.queryKeyValue + index * wide
                    student.decoder.rotary.turn(queryKeyValue, count: shape.heads + shape.keyValueHeads, position: row.position)
                    row.own.put(queryKeyValue, layer: number, position: row.position - row.promptCount)
                    for head in 0..<shape.keyValueHeads {
                        attendCached(
                            query: queryKeyValue, layer: number, keyValueHead: head, shape: shape, prompt: row.prompt,
                            promptCount: row.promptCount, own: row.own, ownCount: row.position - row.promptCount + 1,
                            output: scratch.attention + index * configuration.attentionWidth,
                            scratch: scratch.scores + index * attentionFloats)
                    }
                }
            }
            multiply(layer.attentionOutput, scratch.attention, rows: count, into: scratch.stream, team, accumulating: true)
            norm(scratch, rows: count, gain: tensors.layers[number].feedForwardNorm)
            multiply(layer.gateUp, scratch.normal, rows: count, into: scratch.gateUp, team)
            team.split(count, grain: 1) { range, _ in
                swiGLU(
                    scratch.gateUp + range.lowerBound * 2 * feedForward, into: scratch.hidden + range.lowerBound * feedForward,
                    rows: range.count, width: feedForward)
            }
            multiply(layer.down, scratch.hidden, rows: count, into: scratch.stream, team, accumulating: true)
        }
        norm(scratch, rows: count, gain: tensors.finalNorm)
        multiply(head, scratch.normal, rows: count, into: logits, team)
    }

    private func norm(_ scratch: DecodeScratch, rows: Int, gain: UnsafePointer<Float>) {
        rmsNorm(
            scratch.stream, gain: gain, epsilon: configuration.normEpsilon, into: scratch.normal, inverse: scratch.inverse,
            rows: rows, width: configuration.width)
    }

    private func multiply(
        _ matrix: PanelMatrix, _ x: UnsafeMutablePointer<Float>, rows: Int, into y: UnsafeMutablePointer<Float>, _ team: Workers,
        accumulating: Bool = false
    ) {
        team.split(matrix.panels, grain: 1) { range, _ in
            matrix.multiply(
                Matrix(x, stride: matrix.inputs), rows: rows, into: Matrix(y, stride: matrix.outputs), panels: range,
                accumulating: accumulating)
        }
    }
}

/// Memory for the rows of one decode step.
final class DecodeScratch {
    private var memory = AlignedBuffer(count: 0)
    private var rows = 0
    private var attentionFloats = 0
    /// [rows, C]: the residual stream; a norm's output.
    private(set) var stream = UnsafeMutablePointer<Float>(bitPattern: 64)!
    private(set) var normal = UnsafeMutablePointer<Float>(bitPattern: 64)!
    /// [rows, (H + 2G)·D] and [rows, H·D]
    private(set) var queryKeyValue = UnsafeMutablePointer<Float>(bitPattern: 64)!
    private(set) var attention = UnsafeMutablePointer<Float>(bitPattern: 64)!
    /// [rows, 2F] and [rows, F]
    private(set) var gateUp = UnsafeMutablePointer<Float>(bitPattern: 64)!
    private(set) var hidden = UnsafeMutablePointer<Float>(bitPattern: 64)!
    /// [rows]
    private(set) var inverse = UnsafeMutablePointer<Float>(bitPattern: 64)!
    /// [rows, attention]
    private(set) var scores = UnsafeMutablePointer<Float>(bitPattern: 64)!

    func reserve(rows: Int, _ configuration: StudentConfiguration, attention floats: Int) {
        guard rows > self.rows || floats > attentionFloats else { return }
        self.rows = max(rows, self.rows)
        attentionFloats = max(2 * attentionFloats, floats)
        let widths = [
            configuration.width, configuration.width, configuration.queryKeyValueWidth, configuration.attentionWidth,
            2 * configuration.feedForwardWidth, configuration.feedForwardWidth, 1, attentionFloats,
        ]
        memory = AlignedBuffer(count: self.rows * widths.reduce(0, +))
        var next = memory.pointer
        let parts = widths.map { width in
            defer { next += self.rows * width }
            return next
        }
        (stream, normal, queryKeyValue, attention) = (parts[0], parts[1], parts[2], parts[3])
        (gateUp, hidden, inverse, scores) = (parts[4], parts[5], parts[6], parts[7])
    }
}
