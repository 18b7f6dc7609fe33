#!/usr/bin/env python3
"""Writes the model of shape.py, random weights, as a GGUF file for llama.cpp: matrices in one type, norms in float32.

    python Benchmarks/make_gguf.py FILE.gguf f32|f16|q8_0

Its embedding is its head, as in shape.py, and it has no vocabulary: ids go in and come out.
"""
import pathlib
import sys

import gguf
import numpy
from shape import SHAPE

TYPES = {
    "f32": (gguf.GGMLQuantizationType.F32, gguf.LlamaFileType.ALL_F32),
    "f16": (gguf.GGMLQuantizationType.F16, gguf.LlamaFileType.MOSTLY_F16),
    "q8_0": (gguf.GGMLQuantizationType.Q8_0, gguf.LlamaFileType.MOSTLY_Q8_0),
}


def write(path, name):
    kind, file_type = TYPES[name]
    width, heads, key_value_heads = (SHAPE[key] for key in ("hidden_size", "num_attention_heads", "num_key_value_heads"))
    feed_forward, vocabulary = SHAPE["intermediate_size"], SHAPE["vocab_size"]
    head_width = width // heads
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_name(f"random 135M {name}")
    writer.add_file_type(file_type)
    writer.add_quantization_version(gguf.GGML_QUANT_VERSION)
    writer.add_tokenizer_model("none")
    writer.add_vocab_size(vocabulary)
    writer.add_context_length(SHAPE["max_position_embeddings"])
    writer.add_embedding_length(width)
    writer.add_block_count(SHAPE["num_hidden_layers"])
    writer.add_feed_forward_length(feed_forward)
    writer.add_head_count(heads)
    writer.add_head_count_kv(key_value_heads)
    writer.add_rope_dimension_count(head_width)
    writer.add_layer_norm_rms_eps(1e-6)

    drawn = numpy.random.default_rng(0)

    def matrix(title, outputs, inputs):
        weights = drawn.standard_normal((outputs, inputs), dtype=numpy.float32) * numpy.float32(0.02)
        writer.add_tensor(f"{title}.weight", gguf.quants.quantize(weights, kind), raw_dtype=kind)

    def norm(title):
        writer.add_tensor(f"{title}.weight", numpy.ones(width, dtype=numpy.float32))

    matrix("token_embd", vocabulary, width)
    for layer in range(SHAPE["num_hidden_layers"]):
        block = f"blk.{layer}"
        norm(f"{block}.attn_norm")
        matrix(f"{block}.attn_q", width, width)
        matrix(f"{block}.attn_k", key_value_heads * head_width, width)
        matrix(f"{block}.attn_v", key_value_heads * head_width, width)
        matrix(f"{block}.attn_output", width, width)
        norm(f"{block}.ffn_norm")
        matrix(f"{block}.ffn_gate", feed_forward, width)
        matrix(f"{block}.ffn_up", feed_forward, width)
        matrix(f"{block}.ffn_down", width, feed_forward)
    norm("output_norm")
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def main():
    if len(sys.argv) != 3 or sys.argv[2] not in TYPES:
        sys.exit(f"usage: make_gguf.py FILE.gguf {'|'.join(TYPES)}")
    # Whoever finds the file finds it whole.
    path = pathlib.Path(sys.argv[1])
    path.parent.mkdir(parents=True, exist_ok=True)
    begun = path.with_suffix(".begun")
    write(begun, sys.argv[2])
    begun.rename(path)


if __name__ == "__main__":
    main()
