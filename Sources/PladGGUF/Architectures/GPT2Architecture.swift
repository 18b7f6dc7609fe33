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
        ],
        transposed: ["attn.c_attn.weight", "attn.c_proj.weight", "mlp.c_fc.weight", "mlp.c_proj.weight"],
        reading: { fields in
            var values: [String: JSONValue] = [
                "model_type": "gpt2", "architectures": ["GPT2LMHeadModel"], "activation_function": "gelu_new",
                "layer_norm_epsilon": try fields.number("gpt2.attention.layer_norm_epsilon"),
                "vocab_size": .int(Int64(try fields.vocabularySize)), "tie_word_embeddings": .bool(!fields.has("output.weight")),
            ]
            for (name, key) in [
                ("n_embd", "embedding_length"), ("n_head", "attention.head_count"), ("n_layer", "block_count"),
                ("n_positions", "context_length"), ("n_inner", "feed_forward_length"),
            ] {
                values[name] = .int(Int64(try fields.count("gpt2.\(key)")))
            }
            return values
        })
}
