#!/usr/bin/env python3
"""Encoding with Hugging Face `tokenizers` on one thread: the best of its three ways, one text after the other or all in a batch.

Cuts the text as `plad bench tokenize` does. Prints one JSON line.
"""
import argparse
import json
import os
import statistics
import time

os.environ["TOKENIZERS_PARALLELISM"] = "false"
os.environ["RAYON_NUM_THREADS"] = "1"
from tokenizers import Tokenizer  # noqa: E402

arguments = argparse.ArgumentParser()
arguments.add_argument("--student", required=True)
arguments.add_argument("--text", required=True)
arguments.add_argument("--length", type=int, default=2000)
arguments.add_argument("--repeats", type=int, default=1)
arguments = arguments.parse_args()
tokenizer = Tokenizer.from_file(arguments.student + "/tokenizer.json")
with open(arguments.text, newline="") as file:
    whole = file.read()
length = arguments.length or len(whole)
texts = [whole[start:start + length] for start in range(0, len(whole), length)]
ways = {
    "encode": lambda: [tokenizer.encode(text, add_special_tokens=False) for text in texts],
    "encode_batch": lambda: tokenizer.encode_batch(texts, add_special_tokens=False),
    "encode_batch_fast": lambda: tokenizer.encode_batch_fast(texts, add_special_tokens=False),
}


def timed(way):
    started = time.perf_counter()
    way()
    return time.perf_counter() - started


tokens = sum(len(encoding.ids) for encoding in ways["encode"]())
seconds = {name: statistics.median(timed(way) for _ in range(arguments.repeats)) for name, way in ways.items()}
best = min(seconds, key=seconds.get)
rate = len(whole.encode()) / seconds[best] / 1e6
print(json.dumps({"megabytes_per_second": rate, "seconds": seconds[best], "way": best, "tokens": tokens}))
