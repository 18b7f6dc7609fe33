#!/usr/bin/env python3
"""More cases in the form of make.py, which see beside this for the packages: sliding windows and biases, today's small models and
scalings of rotary positions, which its own do not have.

    python make_more.py OUT [--seed N]
"""
import json
import pathlib

source = (pathlib.Path(__file__).parent / "make.py").read_text().rsplit("\nmain()", 1)[0]
make = {"__name__": "make"}
exec(compile(source, "make.py", "exec"), make)

from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import (Gemma2Config, Gemma2ForCausalLM, Gemma3ForCausalLM, Gemma3TextConfig, GraniteConfig, GraniteForCausalLM, LlamaConfig, LlamaForCausalLM, MistralConfig,
                          MistralForCausalLM, Olmo2Config, Olmo2ForCausalLM, Phi3Config, Phi3ForCausalLM, PreTrainedTokenizerFast, Qwen2Config,
                          Qwen2ForCausalLM, Qwen3Config, Qwen3ForCausalLM, SmolLM3Config, SmolLM3ForCausalLM)

GEMMA_TEMPLATE = ("{{ bos_token }}{%- if messages[0]['role'] == 'system' -%}{%- set prefix = messages[0]['content'] + '\n\n' -%}{%- set turns = messages[1:] -%}"
  "{%- else -%}{%- set prefix = '' -%}{%- set turns = messages -%}{%- endif -%}{%- for turn in turns -%}"
  "{{ '<start_of_turn>' + ('model' if turn['role'] == 'assistant' else turn['role']) + '\n' + (prefix if loop.first else '') }}"
  "{{ turn['content'] | trim }}{{ '<end_of_turn>\n' }}{%- endfor -%}{%- if add_generation_prompt -%}{{ '<start_of_turn>model\n' }}{%- endif -%}")


def gemma_like(rng, vocab):
    """Gemma's: SentencePiece BPE with byte fallback, spaces become ▁ without one before the text."""
    t = Tokenizer(models.BPE(unk_token="<unk>", byte_fallback=True, fuse_unk=True))
    sp = ["<pad>", "<eos>", "<bos>", "<unk>", "<start_of_turn>", "<end_of_turn>"]
    words = (w for s in make["corpus"](rng) for w in s.replace(" ", " ▁").split(" ") if w)
    t.train_from_iterator(words, trainers.BpeTrainer(vocab_size=vocab - 256, special_tokens=sp, show_progress=False, max_token_length=12))
    data = json.loads(t.to_str())
    learned = [w for w, i in sorted(data["model"]["vocab"].items(), key=lambda x: x[1])][len(sp):]
    data["model"]["vocab"] = {w: i for i, w in enumerate(sp + [f"<0x{i:02X}>" for i in range(256)] + learned)}
    t = Tokenizer.from_str(json.dumps(data))
    t.normalizer = normalizers.Replace(" ", "▁")
    t.pre_tokenizer = pre_tokenizers.Split(" ", "merged_with_previous")
    t.decoder = decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()])
    t.post_processor = processors.TemplateProcessing(single="<bos> $A", pair="<bos> $A <bos> $B", special_tokens=[("<bos>", 2)])
    k = PreTrainedTokenizerFast(tokenizer_object=t, bos_token="<bos>", eos_token="<eos>", unk_token="<unk>", pad_token="<pad>", clean_up_tokenization_spaces=False)
    k.chat_template = GEMMA_TEMPLATE
    return k


def cases(rng):
    shape = dict(hidden_size=48, intermediate_size=96, num_hidden_layers=3, num_attention_heads=4, num_key_value_heads=2, max_position_embeddings=256)
    yield "mistral-window", lambda n: MistralForCausalLM(MistralConfig(vocab_size=n, sliding_window=6, tie_word_embeddings=False, bos_token_id=1, eos_token_id=2, **shape)), make["sentencepiece_bpe"](rng, 640), "mistral"
    yield "qwen2-window", lambda n: Qwen2ForCausalLM(Qwen2Config(vocab_size=n, use_sliding_window=True, sliding_window=5, max_window_layers=1, tie_word_embeddings=True, **shape)), make["qwen_like"](rng, 640), "qwen2"
    yield "llama-biases", lambda n: LlamaForCausalLM(LlamaConfig(vocab_size=n, attention_bias=True, mlp_bias=True, tie_word_embeddings=True, **shape)), make["byte_level"](rng, 640), "llama"
    small = dict(shape, hidden_size=48, num_hidden_layers=2, pad_token_id=None)
    gemma = dict(shape, num_hidden_layers=4, head_dim=16, query_pre_attn_scalar=24, sliding_window=6, pad_token_id=None, bos_token_id=2, eos_token_id=[1, 5],
                 layer_types=["sliding_attention", "sliding_attention", "full_attention", "sliding_attention"])
    bases = {"sliding_attention": {"rope_type": "default", "rope_theta": 10000.0}, "full_attention": {"rope_type": "linear", "factor": 8.0, "rope_theta": 1000000.0}}
    yield "gemma3", lambda n: Gemma3ForCausalLM(Gemma3TextConfig(vocab_size=n, rope_parameters=bases, **gemma)), gemma_like(rng, 640), "gemma3_text"
    yield "smollm3", lambda n: SmolLM3ForCausalLM(SmolLM3Config(vocab_size=n, no_rope_layers=[1, 1, 0], bos_token_id=0, eos_token_id=1, **dict(shape, pad_token_id=None))), make["byte_level"](rng, 640, True), "smollm3"
    yield "olmo2", lambda n: Olmo2ForCausalLM(Olmo2Config(vocab_size=n, bos_token_id=0, eos_token_id=0, **small)), make["byte_level"](rng, 640), "olmo2"
    yield "granite", lambda n: GraniteForCausalLM(GraniteConfig(vocab_size=n, embedding_multiplier=12.0, attention_multiplier=0.125, residual_multiplier=0.22, logits_scaling=6.0, tie_word_embeddings=True, bos_token_id=0, eos_token_id=0, **small)), make["byte_level"](rng, 640), "granite"
    factors = {"rope_type": "longrope", "rope_theta": 10000.0, "partial_rotary_factor": 0.75, "short_factor": [1.0, 1.01, 1.05, 1.2, 1.5, 2.0], "long_factor": [1.0, 1.5, 2.0, 4.0, 8.0, 16.0]}
    yield "phi3", lambda n: Phi3ForCausalLM(Phi3Config(vocab_size=n, original_max_position_embeddings=128, rope_parameters=factors, tie_word_embeddings=True, bos_token_id=1, eos_token_id=2, **dict(small, num_attention_heads=3, num_key_value_heads=1))), make["sentencepiece_bpe"](rng, 640), "phi3"
    yield "falcon3", lambda n: LlamaForCausalLM(LlamaConfig(vocab_size=n, head_dim=32, rms_norm_eps=1e-6, tie_word_embeddings=False, bos_token_id=0, eos_token_id=0, rope_parameters={"rope_type": "default", "rope_theta": 1000042.0}, **dict(small, num_hidden_layers=1))), make["byte_level"](rng, 640), "llama"
    yarn = {"rope_type": "yarn", "rope_theta": 10000.0, "factor": 4.0, "original_max_position_embeddings": 64}
    yield "qwen3-yarn", lambda n: Qwen3ForCausalLM(Qwen3Config(vocab_size=n, head_dim=24, tie_word_embeddings=True, rope_parameters=yarn, **small)), make["qwen_like"](rng, 640), "qwen3"
    yield "llama-dynamic", lambda n: LlamaForCausalLM(LlamaConfig(vocab_size=n, tie_word_embeddings=True, rope_parameters={"rope_type": "dynamic", "rope_theta": 10000.0, "factor": 2.0}, **small)), make["byte_level"](rng, 640), "llama"
    gemma2 = {key: value for key, value in gemma.items() if key != "layer_types"}
    yield "gemma2", lambda n: Gemma2ForCausalLM(Gemma2Config(vocab_size=n, attn_logit_softcapping=4.0, final_logit_softcapping=6.0, **dict(gemma2, num_hidden_layers=3))), gemma_like(rng, 640), "gemma2"


make["cases"] = cases
make["main"]()
