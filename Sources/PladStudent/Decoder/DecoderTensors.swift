import PladTensor

/// Where the decoder finds its tensors in a `Weights` buffer (the weights themselves, or gradients in the same layout).
///
/// Query, key and value lie one after the other, and so do gate and up: each group is one matrix to the decoder.
struct DecoderTensors {
    struct Layer {
        /// [C]
        let attentionNorm: UnsafeMutablePointer<Float>
        /// [(H + 2G)·D, C]
        let queryKeyValue: Matrix
        /// [C, H·D]
        let attentionOutput: Matrix
        /// [C]
        let feedForwardNorm: UnsafeMutablePointer<Float>
        /// [2F, C]
        let gateUp: Matrix
        /// [C, F]
        let down: Matrix
    }

    /// Keeps the memory that everything here points into.
    private let owner: Weights
    /// [V, C]
    let embedding: Matrix
    let layers: [Layer]
    /// [C]
    let finalNorm: UnsafeMutablePointer<Float>
    /// [V, C]; the embedding itself where the two are tied.
    let head: Matrix

    /// - Precondition: `weights` is laid out by `layout` for the same configuration.
    init(_ weights: Weights, _ configuration: StudentConfiguration) {
        owner = weights
        let width = configuration.width
        var next = weights.tensors.makeIterator()
        func take(_ stride: Int) -> Matrix { Matrix(weights.values(of: next.next()!).baseAddress!, stride: stride) }
        func skip(_ count: Int) { for _ in 0..<count { _ = next.next() } }
        embedding = take(width)
        layers = (0..<configuration.layerCount).map { _ in
            let attentionNorm = take(width).start
            let queryKeyValue = take(width)
            skip(2)
            let attentionOutput = take(configuration.attentionWidth)
            let feedForwardNorm = take(width).start
            let gateUp = take(width)
            skip(1)
            return Layer(
                attentionNorm: attentionNorm, queryKeyValue: queryKeyValue, attentionOutput: attentionOutput,
                feedForwardNorm: feedForwardNorm, gateUp: gateUp, down: take(configuration.feedForwardWidth))
        }
        finalNorm = take(width).start
        head = configuration.tiedEmbeddings ? embedding : take(width)
    }

    /// All tensors of a decoder in the order of the buffer.
    static func layout(_ configuration: StudentConfiguration, names: TensorNames) -> [TensorLayout] {
        let (width, feedForward, headWidth) = (configuration.width, configuration.feedForwardWidth, configuration.headWidth)
        var layout: [TensorLayout] = []
        func add(_ name: String, _ shape: [Int]) {
            layout.append(TensorLayout(name: name, shape: shape, offset: layout.last.map { $0.offset + $0.count } ?? 0))
        }
        add(names.embedding, [configuration.vocabularySize, width])
        for number in 0..<configuration.layerCount {
            let prefix = names.layer(number)
            add(prefix + names.attentionNorm, [width])
            add(prefix + names.query, [configuration.headCount * headWidth, width])
            add(prefix + names.key, [configuration.keyValueHeadCount * headWidth, width])
            add(prefix + names.value, [configuration.keyValueHeadCount * headWidth, width])
            add(prefix + names.attentionOutput, [width, configuration.attentionWidth])
            add(prefix + names.feedForwardNorm, [width])
            add(prefix + names.gate, [feedForward, width])
            add(prefix + names.up, [feedForward, width])
            add(prefix + names.down, [width, feedForward])
        }
        add(names.finalNorm, [width])
        if !configuration.tiedEmbeddings { add(names.head, [configuration.vocabularySize, width]) }
        return layout
    }
}
