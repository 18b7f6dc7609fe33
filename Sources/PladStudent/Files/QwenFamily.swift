import PladRecords

extension ModelFamily {
    /// Qwen2 and 2.5: Llama with biases on query, key and value (transformers 5, `modeling_qwen2.py`).
    static let qwen2 = ModelFamily(
        modelTypes: ["qwen2"],
        configuration: { file in
            var configuration = try llamaLike(file, family: "qwen2", LlamaDefaults(keyValueHeads: 32, context: 1 << 15))
            configuration.biases = .queryKeyValue
            configuration.windows = try qwenWindows(file, layers: configuration.layerCount)
            return configuration
        },
        names: { _ in llamaNames() })

    /// Qwen3: no biases, but norms on every head's query and key (transformers 5, `modeling_qwen3.py`).
    static let qwen3 = ModelFamily(
        modelTypes: ["qwen3"],
        configuration: { file in
            var configuration = try llamaLike(file, family: "qwen3", LlamaDefaults(headWidth: 128, keyValueHeads: 32, context: 1 << 15))
            configuration.headNorm = .each
            if try file.flag("attention_bias", default: false) { configuration.biases = [.queryKeyValue, .attentionOutput] }
            configuration.windows = try qwenWindows(file, layers: configuration.layerCount)
            return configuration
        },
        names: { _ in llamaNames(headNorms: (query: "self_attn.q_norm", key: "self_attn.k_norm")) })

    /// Windows by layer, from `layer_types`, else for all layers from `max_window_layers` on.
    private static func qwenWindows(_ file: ConfigurationFile, layers: Int) throws -> [Int?] {
        guard try file.flag("use_sliding_window", default: false), let window = try slidingWindow(file) else { return [] }
        if let sliding = try slidingLayers(file, count: layers) { return sliding.map { $0 ? window : nil } }
        let first = try file.count("max_window_layers", default: 28)
        return (0..<layers).map { $0 < first ? nil : window }
    }
}
