import PladRecords

extension ModelFamily {
    /// OLMo 2: Llama with norms behind attention and feed-forward instead of before, and one norm for all heads' queries and one for
    /// their keys (transformers 5, `modeling_olmo2.py`).
    static let olmo2 = ModelFamily(
        modelTypes: ["olmo2"],
        configuration: { file in
            var configuration = try llamaLike(file, family: "olmo2", LlamaDefaults(epsilon: 1e-5))
            configuration.headNorm = .together
            configuration.normsOutputs = true
            if try file.flag("attention_bias", default: false) { configuration.biases = [.queryKeyValue, .attentionOutput] }
            return configuration
        },
        names: { _ in
            var names = llamaNames(headNorms: (query: "self_attn.q_norm", key: "self_attn.k_norm"))
            (names.decoder.attention.norm, names.decoder.attention.outputNorm) = (nil, "post_attention_layernorm")
            (names.decoder.feedForwardNorm, names.decoder.feedForwardOutputNorm) = (nil, "post_feedforward_layernorm")
            return names
        })
}
