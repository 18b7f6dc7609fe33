#!/usr/bin/env python3
"""More cases in the form of make.py, which see beside this for the packages: sliding windows and biases, which its own do not have.

    python make_more.py OUT [--seed N]
"""
import pathlib

source = (pathlib.Path(__file__).parent / "make.py").read_text().rsplit("\nmain()", 1)[0]
make = {"__name__": "make"}
exec(compile(source, "make.py", "exec"), make)

from transformers import LlamaConfig, LlamaForCausalLM, MistralConfig, MistralForCausalLM, Qwen2Config, Qwen2ForCausalLM


def cases(rng):
    shape = dict(hidden_size=48, intermediate_size=96, num_hidden_layers=3, num_attention_heads=4, num_key_value_heads=2, max_position_embeddings=256)
    yield "mistral-window", lambda n: MistralForCausalLM(MistralConfig(vocab_size=n, sliding_window=6, tie_word_embeddings=False, bos_token_id=1, eos_token_id=2, **shape)), make["sentencepiece_bpe"](rng, 640), "mistral"
    yield "qwen2-window", lambda n: Qwen2ForCausalLM(Qwen2Config(vocab_size=n, use_sliding_window=True, sliding_window=5, max_window_layers=1, tie_word_embeddings=True, **shape)), make["qwen_like"](rng, 640), "qwen2"
    yield "llama-biases", lambda n: LlamaForCausalLM(LlamaConfig(vocab_size=n, attention_bias=True, mlp_bias=True, tie_word_embeddings=True, **shape)), make["byte_level"](rng, 640), "llama"


make["cases"] = cases
make["main"]()
