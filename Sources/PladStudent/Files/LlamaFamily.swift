extension ModelFamily {
    /// Llama 1 to 3, SmolLM, TinyLlama and others: RMS norm, rotary positions, grouped-query attention, SwiGLU, no biases
    /// (transformers 5, `modeling_llama.py`).
    static let llama = ModelFamily(
        modelTypes: ["llama"],
        configuration: { file in
            for key in ["attention_bias", "mlp_bias"] where try file.flag(key, default: false) {
                throw file.refuse(key, "asks for biases, which plad's Llama does not have")
            }
            if let activation = try file.string("hidden_act"), activation != "silu" {
                throw file.refuse("hidden_act", "is not silu, the one activation that plad's Llama knows")
            }
            let width = try file.count("hidden_size")
            let heads = try file.count("num_attention_heads", limit: 1 << 16)
            let groups = try file.count("num_key_value_heads", default: heads, limit: 1 << 16)
            guard heads % groups == 0 else {
                throw file.refuse("num_key_value_heads", "does not divide the \(heads) of \"num_attention_heads\"")
            }
            if file.value("head_dim") == nil, width % heads != 0 {
                throw file.refuse("num_attention_heads", "does not divide the \(width) of \"hidden_size\", and there is no \"head_dim\"")
            }
            let headWidth = try file.count("head_dim", default: width / heads, limit: 1 << 16)
            guard headWidth % 2 == 0 else { throw file.refuse("head_dim", "(\(headWidth)) is odd; rotary positions need pairs") }
            let vocabulary = try file.count("vocab_size")
            return StudentConfiguration(
                family: "llama",
                vocabularySize: vocabulary,
                contextLength: try file.count("max_position_embeddings", default: 2048),
                width: width,
                layerCount: try file.count("num_hidden_layers", limit: 1 << 12),
                headCount: heads,
                keyValueHeadCount: groups,
                headWidth: headWidth,
                feedForwardWidth: try file.count("intermediate_size"),
                normEpsilon: Float(try file.positive("rms_norm_eps", default: 1e-6)),
                rotary: try RotaryConfiguration(file),
                tiedEmbeddings: try file.flag("tie_word_embeddings", default: false),
                initializerRange: try file.positive("initializer_range", default: 0.02),
                endOfSequence: try file.tokens("eos_token_id", vocabularySize: vocabulary),
                beginningOfSequence: try file.tokens("bos_token_id", vocabularySize: vocabulary).first)
        },
        names: TensorNames(
            embedding: "model.embed_tokens.weight",
            layer: { "model.layers.\($0)." },
            attentionNorm: "input_layernorm.weight",
            query: "self_attn.q_proj.weight",
            key: "self_attn.k_proj.weight",
            value: "self_attn.v_proj.weight",
            attentionOutput: "self_attn.o_proj.weight",
            feedForwardNorm: "post_attention_layernorm.weight",
            gate: "mlp.gate_proj.weight",
            up: "mlp.up_proj.weight",
            down: "mlp.down_proj.weight",
            finalNorm: "model.norm.weight",
            head: "lm_head.weight",
            ignored: { $0.hasSuffix(".self_attn.rotary_emb.inv_freq") }))
}

extension RotaryConfiguration {
    /// From `rope_parameters` (transformers 5), or `rope_theta` and `rope_scaling` (before).
    init(_ file: ConfigurationFile) throws {
        let section = try file.section("rope_parameters") ?? file.section("rope_scaling")
        theta = try section?.value("rope_theta") == nil ? file.positive("rope_theta", default: 10_000) : section!.positive("rope_theta")
        if let section, try section.positive("partial_rotary_factor", default: 1) != 1 {
            throw section.refuse("partial_rotary_factor", "is not 1; plad turns whole heads")
        }
        if try file.positive("partial_rotary_factor", default: 1) != 1 {
            throw file.refuse("partial_rotary_factor", "is not 1; plad turns whole heads")
        }
        let type = try section?.string("rope_type") ?? section?.string("type") ?? "default"
        switch (type, section) {
        case ("linear", let section?):
            scaling = .linear(factor: try section.positive("factor"))
        case ("llama3", let section?):
            let (low, high) = (try section.positive("low_freq_factor"), try section.positive("high_freq_factor"))
            guard low < high else { throw section.refuse("low_freq_factor", "is not below \"high_freq_factor\" (\(high))") }
            scaling = .llama3(
                factor: try section.positive("factor"), lowFrequencyFactor: low, highFrequencyFactor: high,
                originalContext: try section.count("original_max_position_embeddings"))
        case ("default", _):
            scaling = .none
        default:
            throw (section ?? file).refuse("rope_type", "(\(type)) is not among the scalings that plad knows: default, linear, llama3")
        }
    }
}
