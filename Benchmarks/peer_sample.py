#!/usr/bin/env python3
"""Sampling with transformers' `generate`: prompts of one length, some samples of each, all of the full length. Prints one JSON line."""
import argparse
import json
import resource
import time

import torch
from shape import random_model
from transformers import LogitsProcessor, LogitsProcessorList

arguments = argparse.ArgumentParser()
for name, value in [("batch", 16), ("samples", 1), ("prompt", 256), ("new", 64), ("threads", 2)]:
    arguments.add_argument(f"--{name}", type=int, default=value)
arguments.add_argument("--dtype", choices=["f32", "bf16"], default="f32")
arguments = arguments.parse_args()
torch.set_num_threads(arguments.threads)
model = random_model().eval().to(torch.bfloat16 if arguments.dtype == "bf16" else torch.float32)
prompts = torch.randint(0, model.config.vocab_size, (arguments.batch, arguments.prompt))


class FirstLogits(LogitsProcessor):
    """Notes when a prompt's logits came: what went before is the prompts' time."""
    at = None

    def __call__(self, ids, scores):
        self.at = self.at or time.perf_counter()
        return scores


def sample(new, first):
    with torch.inference_mode():
        return model.generate(
            prompts, attention_mask=torch.ones_like(prompts), do_sample=True, temperature=0.8, top_p=0.95, num_return_sequences=arguments.samples,
            min_new_tokens=new, max_new_tokens=new, pad_token_id=0, logits_processor=LogitsProcessorList([first]))


sample(2, FirstLogits())
first = FirstLogits()
started = time.perf_counter()
count = sample(arguments.new, first)[:, arguments.prompt:].numel()
ended = time.perf_counter()
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
print(json.dumps({
    "tokens_per_second": count / (ended - started), "seconds": {"prefill": first.at - started, "decode": ended - first.at}, "peak_bytes": peak,
    "capability": torch.backends.cpu.get_cpu_capability()}))
