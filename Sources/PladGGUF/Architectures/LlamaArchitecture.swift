import Foundation
import PladRecords
package import PladStudent

extension GGUFArchitecture {
    /// Llama and Mistral (llama.cpp, `conversion/llama.py`).
    static let llama = GGUFArchitecture(
        name: "llama", families: ["llama", "mistral"], metadata: rotaryMetadata, outer: llamaOuter, layer: "model.layers.",
        inner: llamaInner, turnsNeighbours: true,
        reading: { fields in
            let biases: [(String, [String])] = [
                ("attention_bias", ["attn_q", "attn_output"]), ("mlp_bias", ["ffn_gate", "ffn_up", "ffn_down"]),
            ]
            let found = biases.map { key, names in (key, JSONValue.bool(names.contains { fields.has("blk.0.\($0).bias") })) }
            return try llamaLike(fields, "llama", "LlamaForCausalLM").merging(found) { $1 }
        })

    /// Qwen2 and 2.5 (llama.cpp, `conversion/qwen.py`).
    static let qwen2 = GGUFArchitecture(
        name: "qwen2", families: ["qwen2"], metadata: rotaryMetadata, outer: llamaOuter, layer: "model.layers.", inner: llamaInner,
        reading: { try llamaLike($0, "qwen2", "Qwen2ForCausalLM") })

    /// Qwen3: norms on every head's query and key.
    static let qwen3 = GGUFArchitecture(
        name: "qwen3", families: ["qwen3"], metadata: rotaryMetadata, outer: llamaOuter, layer: "model.layers.",
        inner: llamaInner.merging(["self_attn.q_norm": "attn_q_norm", "self_attn.k_norm": "attn_k_norm"]) { $1 },
        reading: { try llamaLike($0, "qwen3", "Qwen3ForCausalLM") })

    private static let llamaOuter = ["model.embed_tokens": "token_embd", "model.norm": "output_norm", "lm_head": "output"]

    private static let llamaInner = [
        "input_layernorm": "attn_norm", "self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k", "self_attn.v_proj": "attn_v",
        "self_attn.o_proj": "attn_output", "post_attention_layernorm": "ffn_norm", "mlp.gate_proj": "ffn_gate", "mlp.up_proj": "ffn_up",
        "mlp.down_proj": "ffn_down",
    ]

    /// The keys of config.json that Llama and its like share.
    private static func llamaLike(_ fields: GGUFFields, _ family: String, _ model: String) throws -> [String: JSONValue] {
        let heads = try fields.count("\(family).attention.head_count")
        let width = try fields.count("\(family).embedding_length")
        var values: [String: JSONValue] = [
            "model_type": .string(family), "architectures": [.string(model)], "hidden_act": "silu", "hidden_size": .int(Int64(width)),
            "num_attention_heads": .int(Int64(heads)), "tie_word_embeddings": .bool(!fields.has("output.weight")),
            "vocab_size": .int(Int64(try fields.vocabularySize)),
            "rms_norm_eps": try fields.number("\(family).attention.layer_norm_rms_epsilon"),
            "rope_theta": try fields.number("\(family).rope.freq_base", default: 10_000),
        ]
        for (name, key, fallback) in [
            ("num_key_value_heads", "attention.head_count_kv", heads), ("head_dim", "attention.key_length", max(1, width / heads)),
            ("intermediate_size", "feed_forward_length", nil), ("num_hidden_layers", "block_count", nil),
            ("max_position_embeddings", "context_length", nil),
        ] as [(String, String, Int?)] {
            values[name] = .int(Int64(try fields.count("\(family).\(key)", default: fallback)))
        }
        if let turned = fields.value("\(family).rope.dimension_count")?.int, turned != values["head_dim"]?.int {
            throw fields.refuse("\(family).rope.dimension_count is \(turned); plad turns whole heads")
        }
        let scaling = fields.value("\(family).rope.scaling.type")?.string ?? "none"
        switch scaling {
        case "none": break
        case "linear":
            values["rope_scaling"] = ["rope_type": "linear", "factor": try fields.number("\(family).rope.scaling.factor")]
        default: throw fields.refuse("\(family).rope.scaling.type is \(scaling); plad reads linear")
        }
        if let factors = fields.document.tensors["rope_freqs.weight"] {
            values["rope_scaling"] = try llama3Scaling(fields, factors, values)
        }
        return values
    }

    /// Llama 3's scaling that gives these factors: published models have one of two, from a context of 8,192 tokens.
    private static func llama3Scaling(
        _ fields: GGUFFields, _ tensor: GGUFDocument.Tensor, _ values: [String: JSONValue]
    ) throws -> JSONValue {
        var found: [Float] = []
        try fields.document.values(of: tensor) { found += $0 }
        for factor in [8.0, 32.0] {
            let scaling = RotaryConfiguration.Scaling.llama3(
                factor: factor, lowFrequencyFactor: 1, highFrequencyFactor: 4, originalContext: 8192)
            let rotary = RotaryConfiguration(theta: values["rope_theta"]?.double ?? 10_000, scaling: scaling)
            let expected = rotary.frequencyFactors(headWidth: values["head_dim"]?.int ?? 0) ?? []
            guard expected.count == found.count, zip(expected, found).allSatisfy({ abs($0 - $1) <= 1e-5 * abs($0) }) else { continue }
            return [
                "rope_type": "llama3", "factor": .double(factor), "low_freq_factor": 1, "high_freq_factor": 4,
                "original_max_position_embeddings": 8192,
            ]
        }
        throw fields.refuse("rope_freqs.weight is none of Llama 3's scalings, which are all that plad reads")
    }

    /// Keys of the architectures with RMS norms and rotary positions.
    private static let rotaryMetadata: @Sendable (StudentConfiguration) throws -> [(String, GGUFValue)] = { configuration in
        guard case .rotary(let rotary) = configuration.positions else {
            throw GGUFError(.model, "the \(configuration.family) student has no rotary positions, which llama.cpp's have")
        }
        var values: [(String, GGUFValue)] = [
            ("attention.layer_norm_rms_epsilon", .float32(configuration.normEpsilon)),
            ("attention.key_length", .count(configuration.headWidth)),
            ("attention.value_length", .count(configuration.headWidth)),
            ("rope.dimension_count", .count(configuration.headWidth)),
            ("rope.freq_base", .float32(Float(rotary.theta))),
        ]
        switch rotary.scaling {
        case .none, .llama3: break
        case .linear(let factor):
            values += [("rope.scaling.type", .string("linear")), ("rope.scaling.factor", .float32(Float(factor)))]
        case .yarn, .longrope:
            throw GGUFError(
                .model, "the student's positions are scaled by yarn or longrope; plad writes GGUF of positions without, linear and llama3")
        }
        return values
    }
}

extension RotaryConfiguration {
    /// What llama.cpp divides each pair's frequency by, its tensor `rope_freqs.weight`; nil for none. [D/2] (llama.cpp,
    /// `conversion/llama.py`, after transformers' `_compute_llama3_parameters`).
    package func frequencyFactors(headWidth: Int) -> [Float]? {
        guard case .llama3(let factor, let low, let high, let context) = scaling else { return nil }
        return (0..<headWidth / 2).map { pair in
            let length = 2 * Double.pi * pow(theta, Double(2 * pair) / Double(headWidth))
            if length < Double(context) / high { return 1 }
            if length > Double(context) / low { return Float(factor) }
            let smooth = (Double(context) / length - low) / (high - low)
            return Float(1 / ((1 - smooth) / factor + smooth))
        }
    }
}
