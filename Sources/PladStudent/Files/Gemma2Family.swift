import PladRecords
import PladTensor

extension ModelFamily {
    /// Gemma 2: norms before and behind attention and feed-forward, windows in every second layer, and soft bounds of attention scores
    /// and logits (transformers 5, `modeling_gemma2.py`).
    static let gemma2 = ModelFamily(
        modelTypes: ["gemma2"],
        configuration: { file in
            var configuration = try gemmaLike(file, family: "gemma2", context: 8192)
            configuration.scoreCap = try cap(file, "attn_logit_softcapping", default: 50)
            configuration.logitCap = try cap(file, "final_logit_softcapping", default: 30)
            let sliding =
                try slidingLayers(file, count: configuration.layerCount) ?? (0..<configuration.layerCount).map { $0.isMultiple(of: 2) }
            let window = try slidingWindow(file)
            configuration.windows = sliding.map { $0 ? window : nil }
            return configuration
        },
        names: { _ in gemmaNames(headNorms: nil) })

    /// Reads the keys that Gemma 2 and 3 share in config.json.
    static func gemmaLike(
        _ file: ConfigurationFile, family: String, context: Int, rotary: RotaryConfiguration? = nil
    ) throws -> StudentConfiguration {
        if try file.flag("use_bidirectional_attention", default: false) {
            throw file.refuse("use_bidirectional_attention", "is true; plad's \(family) attends to the past alone")
        }
        var configuration = try llamaLike(
            file, family: family,
            LlamaDefaults(
                headWidth: 256, keyValueHeads: 4, context: context, isTied: true, activationKey: "hidden_activation",
                activation: "gelu_pytorch_tanh"),
            rotary: rotary)
        configuration.activation = .geluTanh
        configuration.gainOffset = 1
        configuration.normsOutputs = true
        configuration.embeddingScale = Float(Double(configuration.width).squareRoot())
        configuration.attentionScale = Float(1 / (try file.positive("query_pre_attn_scalar", default: 256).squareRoot()))
        if try file.flag("attention_bias", default: false) { configuration.biases = [.queryKeyValue, .attentionOutput] }
        return configuration
    }

    static func gemmaNames(headNorms: (query: String, key: String)?) -> TensorNames {
        var names = llamaNames(headNorms: headNorms)
        names.decoder.attention.outputNorm = "post_attention_layernorm"
        names.decoder.feedForwardNorm = "pre_feedforward_layernorm"
        names.decoder.feedForwardOutputNorm = "post_feedforward_layernorm"
        return names
    }

    /// A soft bound; nil for null.
    static func cap(_ file: ConfigurationFile, _ key: String, default fallback: Double?) throws -> Float? {
        if file.values[key] == .null || file.values[key] == nil && fallback == nil { return nil }
        return Float(try file.positive(key, default: fallback))
    }
}
