import PladRecords

extension ModelFamily {
    /// Llama 1 to 3, SmolLM, TinyLlama, Falcon 3 and others: RMS norm, rotary positions, grouped-query attention, SwiGLU
    /// (transformers 5, `modeling_llama.py`).
    static let llama = ModelFamily(
        modelTypes: ["llama"],
        configuration: { file in
            var configuration = try llamaLike(file, family: "llama")
            if try file.flag("attention_bias", default: false) { configuration.biases.formUnion([.queryKeyValue, .attentionOutput]) }
            if try file.flag("mlp_bias", default: false) { configuration.biases.insert(.feedForward) }
            return configuration
        },
        names: { _ in llamaNames() })

    /// Mistral 7B and similar models: Llama with a sliding window (transformers 5, `modeling_mistral.py`).
    static let mistral = ModelFamily(
        modelTypes: ["mistral"],
        configuration: { file in
            var configuration = try llamaLike(file, family: "mistral", LlamaDefaults(keyValueHeads: 8, context: 1 << 17))
            if let window = try slidingWindow(file) {
                configuration.windows = Array(repeating: window, count: configuration.layerCount)
            }
            return configuration
        },
        names: { _ in llamaNames() })

    /// Width of the attention window; nil for `"sliding_window": null`, and 4,096, the families' default, for a missing key.
    static func slidingWindow(_ file: ConfigurationFile) throws -> Int? {
        file.values["sliding_window"] == .null ? nil : try file.count("sliding_window", default: 4096)
    }

    /// The layers that have a window, from `layer_types`; nil if the key is missing.
    static func slidingLayers(_ file: ConfigurationFile, count: Int) throws -> [Bool]? {
        guard let types = file.value("layer_types")?.array else { return nil }
        guard types.count == count else {
            throw file.refuse("layer_types", "has \(types.count) entries for the \(count) layers of \"num_hidden_layers\"")
        }
        return try types.map {
            switch $0.string {
            case "full_attention": false
            case "sliding_attention": true
            default: throw file.refuse("layer_types", "holds \($0.canonical), which is neither full_attention nor sliding_attention")
            }
        }
    }

    /// Reads the keys that Llama and related families share in config.json.
    ///
    /// - Parameter rotary: positions that the family has read itself.
    static func llamaLike(
        _ file: ConfigurationFile, family: String, _ defaults: LlamaDefaults = LlamaDefaults(), rotary: RotaryConfiguration? = nil
    ) throws -> StudentConfiguration {
        let fallback = defaults.headWidth
        if let activation = try file.string(defaults.activationKey), activation != defaults.activation {
            throw file.refuse(defaults.activationKey, "is not \(defaults.activation), the one activation that plad's \(family) knows")
        }
        let width = try file.count("hidden_size")
        let heads = try file.count("num_attention_heads", limit: 1 << 16)
        let groups = try file.count("num_key_value_heads", default: defaults.keyValueHeads ?? heads, limit: 1 << 16)
        guard heads % groups == 0 else {
            throw file.refuse("num_key_value_heads", "does not divide the \(heads) of \"num_attention_heads\"")
        }
        if file.value("head_dim") == nil, fallback == nil, width % heads != 0 {
            throw file.refuse("num_attention_heads", "does not divide the \(width) of \"hidden_size\", and there is no \"head_dim\"")
        }
        let headWidth = try file.count("head_dim", default: fallback ?? width / heads, limit: 1 << 16)
        guard headWidth % 2 == 0 else { throw file.refuse("head_dim", "(\(headWidth)) is odd; rotary positions need pairs") }
        let vocabulary = try file.count("vocab_size")
        let context = try file.count("max_position_embeddings", default: defaults.context)
        let rotary = try rotary ?? RotaryConfiguration(file, headWidth: headWidth, defaults)
        return StudentConfiguration(
            family: family,
            vocabularySize: vocabulary,
            contextLength: try rotary.context(context, file),
            width: width,
            layerCount: try file.count("num_hidden_layers", limit: 1 << 12),
            headCount: heads,
            keyValueHeadCount: groups,
            headWidth: headWidth,
            feedForwardWidth: try file.count("intermediate_size"),
            normEpsilon: Float(try file.positive("rms_norm_eps", default: defaults.epsilon)),
            positions: .rotary(rotary),
            tiedEmbeddings: try file.flag("tie_word_embeddings", default: defaults.isTied),
            initialisation: .same(try file.positive("initializer_range", default: 0.02)),
            endOfSequence: try file.tokens("eos_token_id", vocabularySize: vocabulary),
            beginningOfSequence: try file.tokens("bos_token_id", vocabularySize: vocabulary).first)
    }

    static func llamaNames(headNorms: (query: String, key: String)? = nil) -> TensorNames {
        TensorNames(
            prefix: "model.",
            embedding: "model.embed_tokens.weight",
            decoder: StackNames(
                layer: { "model.layers.\($0)." },
                attention: AttentionNames(
                    norm: "input_layernorm", queryKeyValue: ["self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"],
                    headNorms: headNorms, output: "self_attn.o_proj"),
                feedForwardNorm: "post_attention_layernorm", feedForwardUp: ["mlp.gate_proj", "mlp.up_proj"],
                feedForwardDown: "mlp.down_proj",
                finalNorm: "model.norm"),
            ignored: { $0.hasSuffix(".rotary_emb.inv_freq") })
    }
}

/// What a family means by keys that its config.json may lack, where that differs from Llama.
struct LlamaDefaults {
    /// Default of "head_dim"; nil is hidden_size / num_attention_heads.
    var headWidth: Int?
    /// Default of "num_key_value_heads"; nil is num_attention_heads.
    var keyValueHeads: Int?
    /// Default of "max_position_embeddings".
    var context = 2048
    /// Default of "rms_norm_eps".
    var epsilon = 1e-6
    /// Default of "rope_theta".
    var theta = 10_000.0
    /// Default of "tie_word_embeddings".
    var isTied = false
    /// Key of the activation, and the one value that it may have.
    var activationKey = "hidden_act"
    var activation = "silu"
    /// True if the family may turn a part of each head alone.
    var turnsParts = false
}
