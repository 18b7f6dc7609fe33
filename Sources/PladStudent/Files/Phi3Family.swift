import PladRecords

extension ModelFamily {
    /// Phi-3 and Phi-4-mini: Llama with joined projections, of which each head may be turned in part alone (transformers 5,
    /// `modeling_phi3.py`).
    static let phi3 = ModelFamily(
        modelTypes: ["phi3"],
        configuration: { file in
            var configuration = try llamaLike(file, family: "phi3", LlamaDefaults(context: 4096, epsilon: 1e-5, turnsParts: true))
            if file.value("sliding_window") != nil {
                configuration.windows = Array(repeating: try file.count("sliding_window"), count: configuration.layerCount)
            }
            return configuration
        },
        names: { _ in
            var names = llamaNames()
            names.decoder.attention.queryKeyValue = ["self_attn.qkv_proj"]
            names.decoder.feedForwardUp = ["mlp.gate_up_proj"]
            return names
        })
}
