import PladTensor

/// One attention layer: its norm and projections.
struct AttentionTensors {
    let norm: NormTensors
    /// [(H + 2G)·D, C]
    let queryKeyValue: Projection
    /// [D] each, of the norms that queries and keys pass head by head (Qwen3).
    let headNorms: (query: NormTensors, key: NormTensors)?
    /// [C, H·D]
    let output: Projection
}

/// A decoder layer's attention to the encoder's output.
struct CrossAttentionTensors {
    let norm: NormTensors
    /// [H·D, C]
    let query: Projection
    /// [2G·D, C], applied to the encoder's output.
    let keyValue: Projection
    /// [C, H·D]
    let output: Projection
}

/// One layer: attention, attention to the encoder where there is one, feed-forward.
struct LayerTensors {
    let attention: AttentionTensors
    let cross: CrossAttentionTensors?
    let feedForwardNorm: NormTensors
    /// [2F, C], gate then up, or [F, C] where nothing is gated.
    let entrance: Projection
    /// [C, F]
    let exit: Projection
}

/// A stack of layers.
struct StackTensors {
    /// [buckets, H]: what attention adds to scores by distance (T5).
    let distances: UnsafeMutablePointer<Float>?
    let layers: [LayerTensors]
    let finalNorm: NormTensors
}

/// Where the model finds its tensors in a `Weights` buffer (the weights themselves, or gradients in the same layout).
///
/// One walk over all tensors makes both the layout and the places, so that the two cannot differ. Query, key and value lie
/// one after the other, and so do gate and up: each group is one matrix to the model, whatever the files make of it.
struct ModelTensors {
    /// [V, C]
    let embedding: Matrix
    /// [positions, C], where positions are learnt.
    let positions: UnsafeMutablePointer<Float>?
    let encoder: StackTensors?
    let decoder: StackTensors
    /// [V, C]; the embedding itself where the two are tied.
    let head: Matrix
    /// Keeps the memory that everything here points into.
    private let owner: Weights?

    /// - Precondition: `weights` is laid out by `layout` for the same configuration and names.
    init(_ weights: Weights, _ configuration: StudentConfiguration, names: TensorNames) {
        var walk = TensorWalk(from: weights.buffer.pointer, names: names, configuration: configuration)
        self.init(&walk, owner: weights)
    }

    /// All tensors in the order of the buffer.
    static func layout(_ configuration: StudentConfiguration, names: TensorNames) -> [TensorLayout] {
        var walk = TensorWalk(from: UnsafeMutablePointer(bitPattern: 64)!, names: names, configuration: configuration)
        _ = ModelTensors(&walk, owner: nil)
        return walk.layout
    }

    private init(_ walk: inout TensorWalk, owner: Weights?) {
        self.owner = owner
        let (configuration, names) = (walk.configuration, walk.names)
        let table = [configuration.vocabularySize, configuration.width]
        embedding = Matrix(walk.take(names.embedding, table, .embedding), stride: configuration.width)
        positions = names.positions.map { walk.take($0, [configuration.contextLength, configuration.width], .normal) }
        encoder = names.encoder.map { walk.stack($0, layers: configuration.encoderLayerCount) }
        decoder = walk.stack(names.decoder, layers: configuration.layerCount)
        head = configuration.tiedEmbeddings ? embedding : Matrix(walk.take(names.head, table, .head), stride: configuration.width)
    }
}
