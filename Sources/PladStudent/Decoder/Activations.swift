import PladTensor

/// Memory for one pass over packed rows; it grows to the largest batch seen and is used again.
///
/// Kept for a backward pass every layer has its own part, else all layers share one.
final class Activations {
    struct Layer {
        /// [T, C] before and after the layer; the same memory where nothing is kept.
        var input, output: UnsafeMutablePointer<Float>
        /// [T, (H + 2G)·D], positions rotated in.
        var queryKeyValue: UnsafeMutablePointer<Float>
        /// [T, H·D]
        var attention: UnsafeMutablePointer<Float>
        /// [T, H] of the attention scores.
        var logSumExp: UnsafeMutablePointer<Float>
        /// [T, C] between attention and feed-forward.
        var middle: UnsafeMutablePointer<Float>
        /// [T, 2F]; the backward pass turns it into its own gradient.
        var gateUp: UnsafeMutablePointer<Float>
        /// [T] each: what the two norms multiplied rows by.
        var attentionInverse, feedForwardInverse: UnsafeMutablePointer<Float>
    }

    private let configuration: StudentConfiguration
    private let keeps: Bool
    private var memory = AlignedBuffer(count: 0)
    private var capacity = 0
    private(set) var layers: [Layer] = []
    /// [T, C]: a norm's output on its way into a matrix product; after the last layer, the input of the head.
    private(set) var normal = UnsafeMutablePointer<Float>(bitPattern: 64)!
    /// [T, F]
    private(set) var hidden = UnsafeMutablePointer<Float>(bitPattern: 64)!
    /// [T]: of the final norm.
    private(set) var finalInverse = UnsafeMutablePointer<Float>(bitPattern: 64)!
    /// [T]: of the logits of predicting rows, counted from the first of them.
    private(set) var headLogSumExp = UnsafeMutablePointer<Float>(bitPattern: 64)!
    private(set) var gradients: Gradients!

    /// What the backward pass alone needs, shared by all layers.
    struct Gradients {
        /// [T, C] each: at a layer's output and between its halves; the two change places from layer to layer.
        var output, middle: UnsafeMutablePointer<Float>
        /// [T, C] each: at a norm's output; the outputs themselves, computed again.
        var normal, attentionNormal, feedForwardNormal: UnsafeMutablePointer<Float>
        /// [T, (H + 2G)·D]
        var queryKeyValue: UnsafeMutablePointer<Float>
        /// [T, H·D]
        var attention: UnsafeMutablePointer<Float>
    }

    init(_ configuration: StudentConfiguration, keeping: Bool) {
        self.configuration = configuration
        keeps = keeping
    }

    /// Makes room for `rows` rows; what was kept is lost.
    func reserve(rows: Int) {
        guard rows > capacity else { return }
        // Multiples of 16 rows keep every part on a cache line of its own.
        capacity = max(rows, min(capacity + capacity / 4, 2 * rows)) / 16 * 16 + 16
        layers = []
        memory = AlignedBuffer(count: 0)
        // The first walk counts, the second hands out.
        memory = AlignedBuffer(count: assign(from: UnsafeMutablePointer(bitPattern: 64)!))
        _ = assign(from: memory.pointer)
    }

    /// Lays everything out from `start` on and answers how many floats that takes.
    private func assign(from start: UnsafeMutablePointer<Float>) -> Int {
        var next = start
        func take(_ width: Int) -> UnsafeMutablePointer<Float> {
            defer { next += capacity * width }
            return next
        }
        let (width, wide) = (configuration.width, configuration.queryKeyValueWidth)
        var input = take(width)
        func layer() -> Layer {
            let layer = Layer(
                input: input, output: keeps ? take(width) : input, queryKeyValue: take(wide), attention: take(configuration.attentionWidth),
                logSumExp: take(configuration.headCount), middle: take(width), gateUp: take(2 * configuration.feedForwardWidth),
                attentionInverse: take(1), feedForwardInverse: take(1))
            input = layer.output
            return layer
        }
        if keeps {
            layers = (0..<configuration.layerCount).map { _ in layer() }
        } else {
            layers = Array(repeating: layer(), count: configuration.layerCount)
        }
        normal = take(width)
        hidden = take(configuration.feedForwardWidth)
        finalInverse = take(1)
        headLogSumExp = take(1)
        if keeps {
            gradients = Gradients(
                output: take(width), middle: take(width), normal: take(width), attentionNormal: take(width), feedForwardNormal: take(width),
                queryKeyValue: take(wide), attention: take(configuration.attentionWidth))
        }
        return next - start
    }

    /// Brings the kept rows of everything that the backward pass reads to their new places.
    func compact(_ moves: [PackedTrees.Move], firstPredicting old: Int, _ new: Int, workers: Workers) {
        workers.run(layers.count + 1) { part in
            func shift(_ start: UnsafeMutablePointer<Float>, _ width: Int) {
                for move in moves where move.from != move.to {
                    (start + move.to * width).update(from: start + move.from * width, count: move.count * width)
                }
            }
            guard part < layers.count else {
                shift(normal, configuration.width)
                shift(finalInverse, 1)
                for move in moves where move.from >= old {
                    (headLogSumExp + (move.to - new)).update(from: headLogSumExp + (move.from - old), count: move.count)
                }
                return
            }
            let layer = layers[part]
            shift(layer.input, configuration.width)
            if part == layers.count - 1 { shift(layer.output, configuration.width) }
            shift(layer.queryKeyValue, configuration.queryKeyValueWidth)
            shift(layer.attention, configuration.attentionWidth)
            shift(layer.logSumExp, configuration.headCount)
            shift(layer.middle, configuration.width)
            shift(layer.gateUp, 2 * configuration.feedForwardWidth)
            shift(layer.attentionInverse, 1)
            shift(layer.feedForwardInverse, 1)
        }
    }
}
