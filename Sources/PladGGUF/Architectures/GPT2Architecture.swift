import PladRecords
import PladStudent
import PladTensor

extension GGUFArchitecture {
    /// GPT-2 (llama.cpp, `conversion/gpt2.py`).
    static let gpt2 = GGUFArchitecture(
        name: "gpt2", families: ["gpt2"],
        metadata: { configuration in
            guard configuration.activation == .geluTanh, configuration.attentionScale == nil else {
                throw GGUFError(.model, "the student's activation or scale of attention is not GPT-2's own, the one that llama.cpp has")
            }
            return [("attention.layer_norm_epsilon", .float32(configuration.normEpsilon))]
        },
        outer: [
            "transformer.wte": "token_embd", "transformer.wpe": "position_embd", "transformer.ln_f": "output_norm", "lm_head": "output",
        ],
        layer: "transformer.h.",
        inner: [
            "ln_1": "attn_norm", "attn.c_attn": "attn_qkv", "attn.c_proj": "attn_output", "ln_2": "ffn_norm", "mlp.c_fc": "ffn_up",
            "mlp.c_proj": "ffn_down",
        ])
}
