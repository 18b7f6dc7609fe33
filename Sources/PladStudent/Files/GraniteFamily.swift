import PladRecords

extension ModelFamily {
    /// Granite 3's dense models: Llama with factors on embeddings, attention scores, outputs of layers and logits (transformers 5,
    /// `modeling_granite.py`).
    static let granite = ModelFamily(
        modelTypes: ["granite"],
        configuration: { file in
            var configuration = try llamaLike(file, family: "granite")
            if try file.flag("attention_bias", default: false) { configuration.biases.formUnion([.queryKeyValue, .attentionOutput]) }
            if try file.flag("mlp_bias", default: false) { configuration.biases.insert(.feedForward) }
            configuration.embeddingScale = Float(try file.positive("embedding_multiplier", default: 1))
            configuration.attentionScale = Float(try file.positive("attention_multiplier", default: 1))
            configuration.residualScale = Float(try file.positive("residual_multiplier", default: 1))
            configuration.headScale = Float(1 / (try file.positive("logits_scaling", default: 1)))
            return configuration
        },
        names: { _ in llamaNames() })
}
