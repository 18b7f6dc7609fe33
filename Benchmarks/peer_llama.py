#!/usr/bin/env python3
"""Sampling with llama.cpp through llama-cpp-python's low-level calls: prompts of one length, some samples of each, all of the full length.

The file is one that make_gguf.py writes. Cache, micro-batches and flash attention are as llama.cpp has them by default; all sequences
are decoded in one batch. plad and transformers draw from the nucleus, 0.95 of the mass at temperature 0.8; llama.cpp takes the likeliest
token, since its nucleus sorts the whole vocabulary on one thread, up to half of its time with many sequences: `--draw nucleus` shows
it. Prints one JSON line.
"""
import argparse
import ctypes
import json
import os
import resource
import sys
import time

arguments = argparse.ArgumentParser()
for name, value in [("batch", 16), ("samples", 1), ("prompt", 256), ("new", 64), ("threads", 2)]:
    arguments.add_argument(f"--{name}", type=int, default=value)
arguments.add_argument("--gguf", required=True)
arguments.add_argument("--type", choices=["f32", "f16", "q8_0"], required=True, help="what the file's matrices must be")
arguments.add_argument("--draw", choices=["greedy", "nucleus"], default="greedy")
arguments.add_argument("--unified", action="store_true", help="one cache for all sequences; samples of a prompt need it to share the prompt's")
arguments = arguments.parse_args()
try:
    import llama_cpp as llama
except (ImportError, OSError, RuntimeError, FileNotFoundError) as error:
    sys.exit(f"llama-cpp-python cannot be loaded: {error}")

WORDS = {"f32": "F32", "f16": "F16", "q8_0": "Q8_0"}
said = []
# Kept by name: the library calls it for as long as it lives.
listener = llama.llama_log_callback(lambda level, text, _: said.append(text.decode(errors="replace")))
llama.llama_log_set(listener, ctypes.c_void_p(0))
llama.llama_backend_init()
model = llama.llama_model_load_from_file(arguments.gguf.encode(), llama.llama_model_default_params())
if not model:
    sys.exit(f"llama.cpp cannot load {arguments.gguf}: {''.join(said[-5:])}")
described = ctypes.create_string_buffer(256)
llama.llama_model_desc(model, described, 256)
described = described.value.decode()
if WORDS[arguments.type] not in described.split():
    sys.exit(f"{arguments.gguf} is \"{described}\" and not of type {arguments.type}")
vocabulary = llama.llama_model_get_vocab(model)
tokens = llama.llama_vocab_n_tokens(vocabulary)
sequences = arguments.batch * arguments.samples

settings = llama.llama_context_default_params()
# A cache that is not shared gives each sequence an equal part, in whole blocks of 256.
each = -(-(arguments.prompt + arguments.new) // 256) * 256
settings.n_ctx = sequences * each
settings.n_seq_max = sequences
settings.n_threads = settings.n_threads_batch = arguments.threads
settings.kv_unified = arguments.unified or arguments.samples > 1
context = llama.llama_init_from_model(model, settings)
if not context:
    sys.exit(f"llama.cpp gives no context: {''.join(said[-5:])}")
memory = llama.llama_get_memory(context)
capacity = llama.llama_n_batch(context)
batch = llama.llama_batch_init(capacity, 0, 1)


def sampler(seed):
    chain = llama.llama_sampler_chain_init(llama.llama_sampler_chain_default_params())
    if arguments.draw == "greedy":
        llama.llama_sampler_chain_add(chain, llama.llama_sampler_init_greedy())
    else:
        llama.llama_sampler_chain_add(chain, llama.llama_sampler_init_temp(0.8))
        llama.llama_sampler_chain_add(chain, llama.llama_sampler_init_top_p(0.95, 1))
        llama.llama_sampler_chain_add(chain, llama.llama_sampler_init_dist(seed))
    return chain


samplers = [sampler(seed) for seed in range(sequences)]
drawing = 0.0


def decode(rows):
    """Computes `rows` of (token, position, sequence, whether its logits are wanted), at most `capacity`."""
    for index, (token, position, sequence, wanted) in enumerate(rows):
        batch.token[index] = token
        batch.pos[index] = position
        batch.n_seq_id[index] = 1
        batch.seq_id[index][0] = sequence
        batch.logits[index] = wanted
    batch.n_tokens = len(rows)
    if (code := llama.llama_decode(context, batch)) != 0:
        sys.exit(f"llama_decode answered {code}: {''.join(said[-5:])}")


def draw(sequence, index):
    global drawing
    started = time.perf_counter()
    token = llama.llama_sampler_sample(samplers[sequence], context, index)
    drawing += time.perf_counter() - started
    return token


def prefill(prompts):
    """The first token of every sequence: a prompt is computed once, its samples share what it leaves in the cache."""
    rows = [
        (token, position, number * arguments.samples, position == len(prompt) - 1)
        for number, prompt in enumerate(prompts) for position, token in enumerate(prompt)]
    first = [0] * sequences
    for start in range(0, len(rows), capacity):
        part = rows[start:start + capacity]
        decode(part)
        for index, (_, _, sequence, wanted) in enumerate(part):
            if wanted:
                for sample in range(arguments.samples):
                    first[sequence + sample] = draw(sequence + sample, index)
    for sequence in range(0, sequences, arguments.samples):
        for sample in range(1, arguments.samples):
            llama.llama_memory_seq_cp(memory, sequence, sequence + sample, 0, arguments.prompt)
    return first


def step(drawn, position):
    # No sequence ends before its time: what the draw gave may be any token, and there is no end.
    decode([(token, position, sequence, True) for sequence, token in enumerate(drawn)])
    return [draw(sequence, sequence) for sequence in range(sequences)]


def timed(work):
    started = time.perf_counter()
    result = work()
    llama.llama_synchronize(context)
    return result, time.perf_counter() - started


prompts = [[(7919 * number + 104729 * position + 13) % tokens for position in range(arguments.prompt)] for number in range(arguments.batch)]
# Once with few tokens, so that memory is there.
prefill(prompts[:1])
llama.llama_memory_clear(memory, True)
step([0] * sequences, 0)
llama.llama_memory_clear(memory, True)
drawing = 0.0
drawn, prefilled = timed(lambda: prefill(prompts))
decoded = 0.0
for position in range(arguments.prompt, arguments.prompt + arguments.new - 1):
    drawn, seconds = timed(lambda: step(drawn, position))
    decoded += seconds
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
system = llama.llama_print_system_info().decode()
print(json.dumps({
    "tokens_per_second": sequences * arguments.new / (prefilled + decoded), "peak_bytes": peak,
    # Drawing tokens is part of both.
    "seconds": {"prefill": prefilled, "decode": decoded}, "seconds_drawing": drawing,
    "model": described, "model_bytes": llama.llama_model_size(model), "version": llama.__version__, "system": " ".join(system.split()),
}), flush=True)
# The library's own clean-up at exit is none of what is measured.
os._exit(0)
