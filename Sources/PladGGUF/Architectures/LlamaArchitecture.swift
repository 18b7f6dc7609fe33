import Foundation
import PladRecords
import PladStudent

extension GGUFArchitecture {
    /// Llama and Mistral (llama.cpp, `conversion/llama.py`).
    static let llama = GGUFArchitecture(
        name: "llama", families: ["llama", "mistral"], metadata: rotaryMetadata, outer: llamaOuter, layer: "model.layers.",
        inner: llamaInner, turnsNeighbours: true)

    /// Qwen2 and 2.5 (llama.cpp, `conversion/qwen.py`).
    static let qwen2 = GGUFArchitecture(
        name: "qwen2", families: ["qwen2"], metadata: rotaryMetadata, outer: llamaOuter, layer: "model.layers.", inner: llamaInner)

    /// Qwen3: norms on every head's query and key.
    static let qwen3 = GGUFArchitecture(
        name: "qwen3", families: ["qwen3"], metadata: rotaryMetadata, outer: llamaOuter, layer: "model.layers.",
        inner: llamaInner.merging(["self_attn.q_norm": "attn_q_norm", "self_attn.k_norm": "attn_k_norm"]) { $1 })

    private static let llamaOuter = ["model.embed_tokens": "token_embd", "model.norm": "output_norm", "lm_head": "output"]

    private static let llamaInner = [
        "input_layernorm": "attn_norm", "self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k", "self_attn.v_proj": "attn_v",
        "self_attn.o_proj": "attn_output", "post_attention_layernorm": "ffn_norm", "mlp.gate_proj": "ffn_gate", "mlp.up_proj": "ffn_up",
        "mlp.down_proj": "ffn_down",
    ]

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
        if case .linear(let factor) = rotary.scaling {
            values += [("rope.scaling.type", .string("linear")), ("rope.scaling.factor", .float32(Float(factor)))]
        }
        return values
    }
}

extension RotaryConfiguration {
    /// What llama.cpp divides each pair's frequency by, its tensor `rope_freqs.weight`; nil for none. [D/2] (llama.cpp,
    /// `conversion/llama.py`, after transformers' `_compute_llama3_parameters`).
    func frequencyFactors(headWidth: Int) -> [Float]? {
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
