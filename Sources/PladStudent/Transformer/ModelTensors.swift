import PladTensor

/// One attention layer: its norms and projections.
struct AttentionTensors {
    /// The norm of the layer's input; nil in families that norm outputs alone.
    let norm: NormTensors?
    /// [(H + 2G)·D, C]
    let queryKeyValue: Projection
    /// [D] each: the norms of every head's query and key (Qwen3); or [H·D] and [G·D]: of all heads together (OLMo 2).
    let headNorms: (query: NormTensors, key: NormTensors)?
    /// [C, H·D]
    let output: Projection
    /// The norm of what is added to the residual stream (Gemma, OLMo 2).
    let outputNorm: NormTensors?
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

/// One layer: attention, attention to an encoder if there is one, feed-forward.
struct LayerTensors {
    let attention: AttentionTensors
    let cross: CrossAttentionTensors?
    /// The norm of the feed-forward layer's input; nil in families that norm outputs alone.
    let feedForwardNorm: NormTensors?
    /// [2F, C], gate then up, or [F, C] without a gate.
    let feedForwardUp: Projection
    /// [C, F]
    let feedForwardDown: Projection
    /// The norm of what is added to the residual stream.
    let feedForwardOutputNorm: NormTensors?
}

/// A stack of layers.
struct StackTensors {
    /// [buckets, H]: relative bias added to attention scores (T5).
    let relativeBias: UnsafeMutablePointer<Float>?
    let layers: [LayerTensors]
    let finalNorm: NormTensors
}

/// The addresses of a model's tensors, or of gradients in the same layout.
///
/// One builder over all tensors makes both the layout and the addresses, so that the two cannot differ. The model sees query, key and
/// value as one projection, and gate and up as another, even if the files hold them apart.
struct ModelTensors {
    /// [V, C]
    let embedding: Matrix
    /// [positions, C], if positions are learned.
    let positions: UnsafeMutablePointer<Float>?
    let encoder: StackTensors?
    let decoder: StackTensors
    /// [V, C]; the embedding itself if the two are tied.
    let head: Matrix
    /// True if only low-rank deltas get gradients; in the layout of gradients nothing else has memory.
    let isFrozen: Bool
    /// Owners of the memory that everything here points into.
    private let owners: [Weights]

    /// Makes the model's own tensors, with the changes of an adapter.
    ///
    /// - Precondition: `weights` and the adapter are laid out by `layouts` for the same configuration and names.
    init(_ weights: Weights, _ configuration: StudentConfiguration, names: TensorNames, adapter: Adapter? = nil) {
        var builder = TensorLayoutBuilder(
            names: names, configuration: configuration, weights: weights, adapter: adapter?.settings, adapterWeights: adapter?.weights)
        self.init(&builder, isFrozen: false, owners: [weights] + (adapter.map { [$0.weights] } ?? []))
    }

    /// Makes the tensors that gradients go to: all of them, or only an adapter's.
    init(gradients: Weights, _ configuration: StudentConfiguration, names: TensorNames, adapter: LoRA?) {
        var builder = TensorLayoutBuilder(
            names: names, configuration: configuration, weights: adapter == nil ? gradients : nil, adapter: adapter,
            adapterWeights: adapter == nil ? nil : gradients)
        self.init(&builder, isFrozen: adapter != nil, owners: [gradients])
    }

    /// Layouts of all tensors in the order of the buffer, and of those that an adapter adds, in the order of its buffer.
    static func layouts(
        _ configuration: StudentConfiguration, names: TensorNames, adapter: LoRA? = nil
    ) -> (model: [TensorLayout], adapter: [TensorLayout]) {
        var builder = TensorLayoutBuilder(names: names, configuration: configuration, weights: nil, adapter: adapter, adapterWeights: nil)
        _ = ModelTensors(&builder, isFrozen: true, owners: [])
        return (builder.layout, builder.adapterLayout)
    }

    private init(_ builder: inout TensorLayoutBuilder, isFrozen: Bool, owners: [Weights]) {
        builder.isFrozen = isFrozen
        self.isFrozen = isFrozen
        self.owners = owners
        let (configuration, names) = (builder.configuration, builder.names)
        let table = [configuration.vocabularySize, configuration.width]
        embedding = Matrix(builder.take(names.embedding, table, .embedding), stride: configuration.width)
        positions = names.positions.map { builder.take($0, [configuration.contextLength, configuration.width], .normal) }
        encoder = names.encoder.map { builder.stack($0, layers: configuration.encoderLayerCount) }
        decoder = builder.stack(names.decoder, layers: configuration.layerCount)
        head = configuration.tiedEmbeddings ? embedding : Matrix(builder.take(names.head, table, .head), stride: configuration.width)
    }
}

extension ModelTensors {
    /// All linear layers but the head.
    var projections: [Projection] {
        [encoder, decoder].compactMap { $0 }.flatMap(\.layers).flatMap { layer in
            [layer.attention.queryKeyValue, layer.attention.output]
                + (layer.cross.map { [$0.query, $0.keyValue, $0.output] } ?? []) + [layer.feedForwardUp, layer.feedForwardDown]
        }
    }
}
