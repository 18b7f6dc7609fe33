extension ModelFamily {
    /// T5, Flan-T5 and others: an encoder and a decoder with relative positions, unscaled scores and no biases; version 1.0 has ReLU,
    /// 1.1 gated GELU (transformers 5, `modeling_t5.py`).
    static let t5 = ModelFamily(
        modelTypes: ["t5"],
        configuration: { file in
            let heads = try file.count("num_heads", default: 8, limit: 1 << 16)
            let layers = try file.count("num_layers", default: 6, limit: 1 << 12)
            let width = try file.count("d_model", default: 512)
            let headWidth = try file.count("d_kv", default: 64, limit: 1 << 16)
            let vocabulary = try file.count("vocab_size", default: 32128)
            let proposal = try file.string("feed_forward_proj") ?? "relu"
            let isGated = proposal.hasPrefix("gated-")
            // T5 1.1 says "gated-gelu" and means the form with tanh; 1.0 models multiply the decoder's output by 1/√C.
            let function = proposal == "gated-gelu" ? "gelu_new" : isGated ? String(proposal.dropFirst(6)) : proposal
            let isScaled = try file.flag("scale_decoder_outputs", default: file.flag("tie_word_embeddings", default: true))
            let buckets = try file.count("relative_attention_num_buckets", default: 32, limit: 1 << 12)
            guard buckets >= 4 else { throw file.refuse("relative_attention_num_buckets", "is less than 4") }
            let distance = try file.count("relative_attention_max_distance", default: 128)
            guard distance > buckets / 2 else {
                throw file.refuse("relative_attention_max_distance", "is not above half of the \(buckets) buckets")
            }
            guard
                let start = try file.tokens("decoder_start_token_id", vocabularySize: vocabulary).first
                    ?? file.tokens("pad_token_id", vocabularySize: vocabulary).first
            else { throw file.refuse("decoder_start_token_id", "is missing") }
            return StudentConfiguration(
                family: "t5", vocabularySize: vocabulary,
                // Relative positions have no end; this bounds what one request may ask for.
                contextLength: 1 << 14,
                width: width, layerCount: try file.count("num_decoder_layers", default: layers, limit: 1 << 12),
                encoderLayerCount: layers, headCount: heads, keyValueHeadCount: heads, headWidth: headWidth,
                feedForwardWidth: try file.count("d_ff", default: 2048),
                normEpsilon: Float(try file.positive("layer_norm_epsilon", default: 1e-6)),
                positions: .relative(RelativeConfiguration(buckets: buckets, maximumDistance: distance)), attentionScale: 1,
                activation: try activation(function, file, key: "feed_forward_proj"), isGated: isGated,
                headScale: isScaled ? 1 / Float(width).squareRoot() : 1,
                tiedEmbeddings: try file.flag("tie_word_embeddings", default: true),
                initialisation: .byInputs(
                    factor: try file.positive("initializer_factor", default: 1), width: width, headWidth: headWidth),
                endOfSequence: try file.tokens("eos_token_id", vocabularySize: vocabulary), decoderStart: start)
        },
        names: { configuration in
            TensorNames(
                prefix: "",
                embedding: "shared.weight",
                encoder: t5Stack("encoder", isGated: configuration.isGated, cross: nil, feedForward: "layer.1"),
                decoder: t5Stack(
                    "decoder", isGated: configuration.isGated, cross: t5Attention("layer.1.EncDecAttention", norm: "layer.1.layer_norm"),
                    feedForward: "layer.2"),
                ignored: { embeddingCopies.contains($0) || $0.hasSuffix(".EncDecAttention.relative_attention_bias.weight") },
                embeddingCopies: embeddingCopies)
        })

    private static let embeddingCopies = ["encoder.embed_tokens.weight", "decoder.embed_tokens.weight"]

    private static func t5Stack(_ name: String, isGated: Bool, cross: AttentionNames?, feedForward: String) -> StackNames {
        StackNames(
            layer: { "\(name).block.\($0)." }, attention: t5Attention("layer.0.SelfAttention", norm: "layer.0.layer_norm"),
            relativeBias: "layer.0.SelfAttention.relative_attention_bias.weight", cross: cross,
            feedForwardNorm: feedForward + ".layer_norm",
            feedForwardUp: (isGated ? ["wi_0", "wi_1"] : ["wi"]).map { "\(feedForward).DenseReluDense.\($0)" },
            feedForwardDown: feedForward + ".DenseReluDense.wo", finalNorm: name + ".final_layer_norm")
    }

    private static func t5Attention(_ layer: String, norm: String) -> AttentionNames {
        AttentionNames(norm: norm, queryKeyValue: ["q", "k", "v"].map { "\(layer).\($0)" }, output: layer + ".o")
    }
}
