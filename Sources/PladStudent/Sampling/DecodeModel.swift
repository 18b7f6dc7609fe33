import PladRecords
import PladTensor

/// The model for generation: weights repacked for few rows, and one step for a batch of sequences.
///
/// Holds copies of the matrices, made at `init`: no training may happen between that and the last use. The result of a row depends only
/// on its sequence, to the bit: products keep the order of sums (see `PanelMatrix`).
final class DecodeModel {
    private struct Layer {
        let queryKeyValue, attentionOutput, feedForwardUp, feedForwardDown: PanelProjection
        let cross: (query: PanelProjection, output: PanelProjection)?
    }

    /// The state that all samples of a prompt share.
    struct Prefix {
        /// Keys and values of the tokens before a sample's own: the prompt, or a decoder's start token.
        let cache: KeyValueCache
        let count: Int
        /// Keys and values of an encoder's output, `sourceCount` rows.
        let source: KeyValueCache?
        let sourceCount: Int
        /// Logits of a sample's first token, [V].
        let logits: AlignedBuffer
    }

    /// A sequence's next token with the keys and values that it attends to.
    struct Row {
        var token: TokenID
        /// Position of the token, from the start of the prefix.
        var position: Int
        var prefix: Prefix
        var own: KeyValueCache

        var ownCount: Int { position - prefix.count + 1 }
    }

    let configuration: StudentConfiguration
    let shape: AttentionShape
    private let tensors: ModelTensors
    private let stack: Stack
    private let layers: [Layer]
    private let head: PanelProjection
    /// Workers that use all threads together, and one for each thread.
    let team: Workers
    let alone: Workers
    /// Models that compute prompts: one for all threads, or one for each.
    let prefillers: [(model: Model, pass: Pass)]
    private let scratches: [DecodeScratch]
    /// True if each thread takes a share of the rows, for small models: threads then meet once a step rather than six times a layer.
    let sharesRows: Bool

    /// Number of parameters below which a core reads all weights from its own cache faster than threads can meet.
    private static let smallModel = 2_000_000

    init(student: Student, weights: DecodeWeights) {
        configuration = student.configuration
        tensors = student.model.tensors
        stack = student.model.decoder
        shape = stack.shape
        team = student.workers
        alone = Workers(threads: 1)
        let (tensors, workers) = (student.model.tensors, student.workers)
        func pack(_ projection: Projection) -> PanelProjection { PanelProjection(projection, weights, workers: workers) }
        layers = tensors.decoder.layers.map { layer in
            Layer(
                queryKeyValue: pack(layer.attention.queryKeyValue), attentionOutput: pack(layer.attention.output),
                feedForwardUp: pack(layer.feedForwardUp), feedForwardDown: pack(layer.feedForwardDown),
                cross: layer.cross.map { (query: pack($0.query), output: pack($0.output)) })
        }
        head = PanelProjection(
            Projection(
                parts: [Projection.Part(outputs: 0..<configuration.vocabularySize, weight: tensors.head)], inputs: configuration.width,
                outputs: configuration.vocabularySize),
            weights, workers: workers)
        sharesRows = student.weights.count < Self.smallModel
        prefillers =
            sharesRows
            ? (0..<team.threads).map { _ in
                let model = Model(student.configuration, tensors: tensors, workers: Workers(threads: 1))
                return (model, Pass(model, keeping: false))
            } : [(student.model, student.passing)]
        scratches = (0..<team.threads).map { _ in DecodeScratch() }
        stack.reserve(depth: min(configuration.contextLength, 512))
    }

    func makeCache(capacity: Int) -> KeyValueCache {
        KeyValueCache(layers: configuration.layerCount, shape: shape, capacity: capacity)
    }

    /// Runs one step of every row: `logits`, [rows, V], of its next token; the row's key and value go to its own cache.
    func step(_ rows: [Row], into logits: UnsafeMutablePointer<Float>) {
        let depth = (rows.map(\.position).max() ?? 0) + 1
        stack.reserveRotary(depth: depth)
        stack.relativeBias?.reserve(depth: depth)
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
        let attentionFloats =
            rows.map {
                max(
                    cachedAttentionScratch(shape: shape, promptCount: $0.prefix.count, ownCount: $0.ownCount),
                    cachedAttentionScratch(shape: shape, promptCount: $0.prefix.sourceCount, ownCount: 0))
            }.max() ?? 0
        scratch.reserve(rows: rows.count, configuration, attention: attentionFloats)
        embed(rows, scratch)
        for (number, layer) in layers.enumerated() {
            let weights = tensors.decoder.layers[number]
            norm(weights.attention.norm, scratch, rows: rows.count)
            layer.queryKeyValue.apply(scratch.normalized, to: scratch.queryKeyValue, rows: rows.count, team)
            team.split(rows.count, grain: 1) { range, _ in
                for index in range { attend(number, index, rows[index], scratch, floats: attentionFloats) }
            }
            add(layer.attentionOutput, of: scratch.attention, norm: weights.attention.outputNorm, scratch, rows: rows.count, team)
            if let cross = layer.cross, let weights = weights.cross {
                norm(weights.norm, scratch, rows: rows.count)
                cross.query.apply(scratch.normalized, to: scratch.queryKeyValue, rows: rows.count, team)
                team.split(rows.count, grain: 1) { range, _ in
                    for index in range { attendSource(number, index, rows[index], scratch, floats: attentionFloats) }
                }
                cross.output.apply(scratch.attention, to: scratch.stream, rows: rows.count, team, adding: true)
            }
            norm(weights.feedForwardNorm, scratch, rows: rows.count)
            layer.feedForwardUp.apply(scratch.normalized, to: scratch.feedForwardUp, rows: rows.count, team)
            team.split(rows.count, grain: 1) { range, _ in activate(range, scratch) }
            add(layer.feedForwardDown, of: scratch.hidden, norm: weights.feedForwardOutputNorm, scratch, rows: rows.count, team)
        }
        norm(tensors.decoder.finalNorm, scratch, rows: rows.count)
        if configuration.headScale != 1 {
            scale(scratch.normalized, by: configuration.headScale, into: scratch.normalized, count: rows.count * configuration.width)
        }
        computeLogits(scratch.normalized, into: logits, rows: rows.count, team)
    }

    /// The head's logits, [rows, V], of its input.
    func computeLogits(_ input: UnsafeMutablePointer<Float>, into logits: UnsafeMutablePointer<Float>, rows: Int, _ team: Workers) {
        head.apply(input, to: logits, rows: rows, team)
        guard let cap = configuration.logitCap else { return }
        let vocabulary = configuration.vocabularySize
        team.split(rows * vocabulary, grain: 1 << 14) { range, _ in
            softCap(logits + range.lowerBound, cap: cap, stride: 0, rows: 1, columns: range.count)
        }
    }

    private func embed(_ rows: [Row], _ scratch: DecodeScratch) {
        let width = configuration.width
        rows.map(\.token).withUnsafeBufferPointer {
            gatherRows(tensors.embedding.start, ids: $0.baseAddress!, into: scratch.stream, range: 0..<rows.count, width: width)
        }
        if configuration.embeddingScale != 1 {
            scale(scratch.stream, by: configuration.embeddingScale, into: scratch.stream, count: rows.count * width)
        }
        guard let positions = tensors.positions else { return }
        for (index, row) in rows.enumerated() {
            addBias(
                positions + row.position * width, to: Matrix(scratch.stream + index * width, stride: width), rows: 1, width: width)
        }
    }

    /// Computes one row's attention to its prefix and its own past.
    private func attend(_ number: Int, _ index: Int, _ row: Row, _ scratch: DecodeScratch, floats: Int) {
        let queryKeyValue = scratch.queryKeyValue + index * configuration.queryKeyValueWidth
        if let norms = tensors.decoder.layers[number].attention.headNorms {
            let keys = queryKeyValue + configuration.attentionWidth
            withUnsafeTemporaryAllocation(of: Float.self, capacity: max(shape.heads, shape.keyValueHeads)) { inverseRMS in
                norms.query.apply(
                    queryKeyValue, into: queryKeyValue, inverseRMS: inverseRMS.baseAddress!,
                    rows: configuration.attentionWidth / norms.query.width)
                norms.key.apply(
                    keys, into: keys, inverseRMS: inverseRMS.baseAddress!,
                    rows: shape.keyValueHeads * shape.headWidth / norms.key.width)
            }
        }
        stack.rotary[number]?.turn(queryKeyValue, count: shape.heads + shape.keyValueHeads, position: row.position)
        row.own.put(queryKeyValue, layer: number, position: row.ownCount - 1)
        for head in 0..<shape.keyValueHeads {
            attendCached(
                query: queryKeyValue, layer: number, keyValueHead: head, shape: shape, rules: stack.rules(number),
                prompt: row.prefix.cache, promptCount: row.prefix.count, own: row.own, ownCount: row.ownCount,
                output: scratch.attention + index * configuration.attentionWidth, scratch: scratch.scores + index * floats)
        }
    }

    /// Computes one row's attention to the encoder's output.
    private func attendSource(_ number: Int, _ index: Int, _ row: Row, _ scratch: DecodeScratch, floats: Int) {
        guard let source = row.prefix.source else { return }
        let width = configuration.attentionWidth
        for head in 0..<shape.keyValueHeads {
            attendCached(
                query: scratch.queryKeyValue + index * width, layer: number, keyValueHead: head, shape: shape,
                prompt: source, promptCount: row.prefix.sourceCount, own: source, ownCount: 0,
                output: scratch.attention + index * width, scratch: scratch.scores + index * floats)
        }
    }

    private func activate(_ rows: Range<Int>, _ scratch: DecodeScratch) {
        let feedForward = configuration.feedForwardWidth
        let feedForwardUp = scratch.feedForwardUp + rows.lowerBound * configuration.feedForwardUpWidth
        let hidden = scratch.hidden + rows.lowerBound * feedForward
        if configuration.isGated {
            gated(configuration.activation, feedForwardUp, into: hidden, rows: rows.count, width: feedForward)
        } else {
            PladTensor.activate(configuration.activation, feedForwardUp, into: hidden, count: rows.count * feedForward)
        }
    }

    private func norm(_ norm: NormTensors?, _ scratch: DecodeScratch, rows: Int) {
        norm.apply(scratch.stream, into: scratch.normalized, inverseRMS: scratch.inverseRMS, rows: rows, width: configuration.width)
    }

    /// Adds a projection's output to the residual stream, normed and scaled as the family asks.
    private func add(
        _ projection: PanelProjection, of x: UnsafeMutablePointer<Float>, norm: NormTensors?, _ scratch: DecodeScratch, rows: Int,
        _ team: Workers
    ) {
        guard configuration.changesOutputs else { return projection.apply(x, to: scratch.stream, rows: rows, team, adding: true) }
        let (output, count) = (scratch.normalized, rows * configuration.width)
        projection.apply(x, to: output, rows: rows, team)
        norm.apply(output, into: output, inverseRMS: scratch.inverseRMS, rows: rows, width: configuration.width)
        if configuration.residualScale != 1 { scale(output, by: configuration.residualScale, into: output, count: count) }
        addParts(output, stride: 0, parts: 1, to: scratch.stream, range: 0..<count)
    }
}
