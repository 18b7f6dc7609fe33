import PladTensor

/// The activations of one pass of a stack over packed rows; the memory grows to the largest batch seen and is reused.
///
/// If they are kept for a backward pass, every layer has its own memory; otherwise all layers share one.
final class Activations {
    struct Layer {
        /// [T, C]: input and output of the layer; the same memory if activations are not kept.
        var input, output: UnsafeMutablePointer<Float>
        /// [T, (H + 2G)·D]: after the rotation.
        var queryKeyValue: UnsafeMutablePointer<Float>
        /// [T, (H + G)·D]: queries and keys before the norms of heads; [T, H + G]: the norms' factors. Used only if heads are normed.
        var plainHeads, headInverseRMS: UnsafeMutablePointer<Float>
        /// [T, H·D]
        var attention: UnsafeMutablePointer<Float>
        /// [T, H]: of the attention scores.
        var logSumExp: UnsafeMutablePointer<Float>
        var cross: Cross?
        /// [T, C]: between attention and feed-forward.
        var residual: UnsafeMutablePointer<Float>
        /// [T, 2F] or [T, F]: replaced by its own gradient in the backward pass.
        var feedForwardUp: UnsafeMutablePointer<Float>
        /// [T] each: the factors by which the two norms scale rows.
        var attentionInverseRMS, feedForwardInverseRMS: UnsafeMutablePointer<Float>
        /// The outputs of the attention's and the feed-forward layer's last projection, if they are normed or scaled.
        var attentionOutput, feedForwardOutput: Output?
    }

    /// A projection's output before it is normed, scaled and added to the residual stream.
    struct Output {
        /// [T, C]
        var plain: UnsafeMutablePointer<Float>
        /// [T]
        var inverseRMS: UnsafeMutablePointer<Float>
    }

    /// The activations of attention to an encoder's output of S rows.
    struct Cross {
        /// [T, C]: after the layer's own attention.
        var input: UnsafeMutablePointer<Float>
        /// [T, H·D] each.
        var query, attention: UnsafeMutablePointer<Float>
        /// [T, H] and [T]
        var logSumExp, inverseRMS: UnsafeMutablePointer<Float>
        /// [S, 2G·D]
        var keyValue: UnsafeMutablePointer<Float>
    }

    /// The gradients of one layer's activations, in memory that all layers share.
    struct Gradients {
        /// [T, C] each: at a layer's output and between its parts; the two swap from layer to layer.
        var output, residual: UnsafeMutablePointer<Float>
        /// [T, C] each: the gradient at a norm's output; the two norms' outputs, recomputed.
        var normalized, attentionNormalized, feedForwardNormalized: UnsafeMutablePointer<Float>
        /// [T, (H + 2G)·D]
        var queryKeyValue: UnsafeMutablePointer<Float>
        /// [T, H·D]
        var attention: UnsafeMutablePointer<Float>
        /// Gradients of attention to an encoder: [T, H·D], [T, C] (the norm's output), [S, 2G·D], and [S, C] at the encoder's output.
        var crossQuery, crossNormalized, crossKeyValue, source: UnsafeMutablePointer<Float>
        /// [T, C] each: at `Layer.attentionOutput` and `feedForwardOutput`, if they are normed or scaled.
        var attentionOutput, feedForwardOutput: UnsafeMutablePointer<Float>
    }

    private let configuration: StudentConfiguration
    private let layerCount: Int
    private let crosses: Bool
    private let keeps: Bool
    private var memory = AlignedBuffer(count: 0)
    private var capacity = 0
    private var sourceCapacity = 0
    private(set) var layers: [Layer] = []
    /// [T, C]: a norm's output before a matrix product; after the last layer, the final norm's output.
    private(set) var normalized = UnsafeMutablePointer<Float>(bitPattern: 64)!
    /// [T, F]
    private(set) var hidden = UnsafeMutablePointer<Float>(bitPattern: 64)!
    /// [T]: factors of the final norm.
    private(set) var finalInverseRMS = UnsafeMutablePointer<Float>(bitPattern: 64)!
    /// [T]: log-sum-exp of the logits, counted from the first predicting row.
    private(set) var headLogSumExp = UnsafeMutablePointer<Float>(bitPattern: 64)!
    private(set) var gradients: Gradients!

    /// - Parameter crosses: true if the stack attends to an encoder's output.
    init(_ configuration: StudentConfiguration, layers: Int, crosses: Bool, keeping: Bool) {
        self.configuration = configuration
        layerCount = layers
        self.crosses = crosses
        keeps = keeping
    }

    /// Makes room for `rows` rows and `source` rows of an encoder; discards the kept activations.
    func reserve(rows: Int, source: Int = 0) {
        guard rows > capacity || source > sourceCapacity else { return }
        capacity = grown(capacity, to: rows)
        sourceCapacity = source > 0 ? grown(sourceCapacity, to: source) : 0
        layers = []
        memory = AlignedBuffer(count: 0)
        // The first walk counts, the second hands out.
        memory = AlignedBuffer(count: assign(from: UnsafeMutablePointer(bitPattern: 64)!))
        _ = assign(from: memory.pointer)
    }

    /// Bytes of a first reservation of `rows` rows.
    func bytes(rows: Int, source: Int = 0) -> Int {
        (capacity, sourceCapacity) = (grown(0, to: rows), source > 0 ? grown(0, to: source) : 0)
        defer { (capacity, sourceCapacity, layers) = (0, 0, []) }
        return assign(from: UnsafeMutablePointer(bitPattern: 64)!) * MemoryLayout<Float>.stride
    }

    /// The capacity for `rows` rows, a multiple of 16, so that every part starts on its own cache line.
    private func grown(_ capacity: Int, to rows: Int) -> Int {
        rows > capacity ? max(rows, min(capacity + capacity / 4, 2 * rows)) / 16 * 16 + 16 : capacity
    }

    /// Assigns every part its address from `start` on and returns the total number of floats.
    private func assign(from start: UnsafeMutablePointer<Float>) -> Int {
        var next = start
        func take(_ width: Int, rows: Int? = nil) -> UnsafeMutablePointer<Float> {
            defer { next += (rows ?? capacity) * width }
            return next
        }
        let (width, wide, heads) = (configuration.width, configuration.queryKeyValueWidth, configuration.headCount)
        let attention = configuration.attentionWidth
        let keyValue = 2 * configuration.keyValueHeadCount * configuration.headWidth
        let normedHeads = configuration.headNorm == nil ? 0 : heads + configuration.keyValueHeadCount
        let changes = configuration.changesOutputs
        func output() -> Output? { changes ? Output(plain: take(width), inverseRMS: take(1)) : nil }
        var input = take(width)
        func layer() -> Layer {
            let layer = Layer(
                input: input, output: keeps ? take(width) : input, queryKeyValue: take(wide),
                plainHeads: take(normedHeads * configuration.headWidth), headInverseRMS: take(normedHeads), attention: take(attention),
                logSumExp: take(heads),
                cross: crosses
                    ? Cross(
                        input: take(width), query: take(attention), attention: take(attention), logSumExp: take(heads), inverseRMS: take(1),
                        keyValue: take(keyValue, rows: sourceCapacity)) : nil,
                residual: take(width), feedForwardUp: take(configuration.feedForwardUpWidth), attentionInverseRMS: take(1),
                feedForwardInverseRMS: take(1), attentionOutput: output(), feedForwardOutput: output())
            input = layer.output
            return layer
        }
        if keeps {
            layers = (0..<layerCount).map { _ in layer() }
        } else {
            layers = Array(repeating: layer(), count: layerCount)
            // Keys and values of an encoder's output are made for all layers at once.
            for number in layers.indices.dropFirst() where crosses { layers[number].cross?.keyValue = take(keyValue, rows: sourceCapacity) }
        }
        normalized = take(width)
        hidden = take(configuration.feedForwardWidth)
        finalInverseRMS = take(1)
        headLogSumExp = take(1)
        if keeps {
            gradients = Gradients(
                output: take(width), residual: take(width), normalized: take(width), attentionNormalized: take(width),
                feedForwardNormalized: take(width),
                queryKeyValue: take(wide), attention: take(attention),
                crossQuery: take(crosses ? attention : 0), crossNormalized: take(crosses ? width : 0),
                crossKeyValue: take(crosses ? keyValue : 0, rows: sourceCapacity), source: take(crosses ? width : 0, rows: sourceCapacity),
                attentionOutput: take(changes ? width : 0), feedForwardOutput: take(changes ? width : 0))
        }
        return next - start
    }

    /// Moves the kept rows of everything that the backward pass reads.
    ///
    /// - Parameter source: moves of the encoder's rows.
    func compact(
        _ moves: [PackedTrees.Move], source: [PackedTrees.Move], firstPredicting old: Int, _ new: Int, workers: Workers
    ) {
        workers.run(layers.count + 1) { part in
            func shift(_ start: UnsafeMutablePointer<Float>, _ width: Int, _ moves: [PackedTrees.Move]) {
                for move in moves where move.from != move.to {
                    (start + move.to * width).update(from: start + move.from * width, count: move.count * width)
                }
            }
            func shift(_ start: UnsafeMutablePointer<Float>, _ width: Int) { shift(start, width, moves) }
            let (width, heads) = (configuration.width, configuration.headCount)
            guard part < layers.count else {
                shift(normalized, width)
                shift(finalInverseRMS, 1)
                for move in moves where move.from >= old {
                    (headLogSumExp + (move.to - new)).update(from: headLogSumExp + (move.from - old), count: move.count)
                }
                return
            }
            let layer = layers[part]
            shift(layer.input, width)
            if part == layers.count - 1 { shift(layer.output, width) }
            shift(layer.queryKeyValue, configuration.queryKeyValueWidth)
            if configuration.headNorm != nil {
                let normedHeads = heads + configuration.keyValueHeadCount
                shift(layer.plainHeads, normedHeads * configuration.headWidth)
                shift(layer.headInverseRMS, normedHeads)
            }
            shift(layer.attention, configuration.attentionWidth)
            shift(layer.logSumExp, heads)
            if let cross = layer.cross {
                shift(cross.input, width)
                shift(cross.query, configuration.attentionWidth)
                shift(cross.attention, configuration.attentionWidth)
                shift(cross.logSumExp, heads)
                shift(cross.inverseRMS, 1)
                shift(cross.keyValue, 2 * configuration.keyValueHeadCount * configuration.headWidth, source)
            }
            shift(layer.residual, width)
            shift(layer.feedForwardUp, configuration.feedForwardUpWidth)
            shift(layer.attentionInverseRMS, 1)
            shift(layer.feedForwardInverseRMS, 1)
            for output in [layer.attentionOutput, layer.feedForwardOutput].compactMap({ $0 }) {
                shift(output.plain, width)
                shift(output.inverseRMS, 1)
            }
        }
    }
}
