"""The model that both sides of the comparison compute with: SmolLM-135M's shape, random weights, float32."""
SHAPE = {
    "hidden_size": 576, "num_hidden_layers": 30, "num_attention_heads": 9, "num_key_value_heads": 3, "intermediate_size": 1536, "vocab_size": 49152,
    "max_position_embeddings": 8192,
}


def random_model():
    # Who writes the shape for another program needs neither.
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(0)
    return LlamaForCausalLM(LlamaConfig(**SHAPE, tie_word_embeddings=True, bos_token_id=None, eos_token_id=1, pad_token_id=0))
