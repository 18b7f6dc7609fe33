#!/usr/bin/env python3
"""Sampling with transformers' `generate`: prompts of one length, some samples of each, all of the full length. Prints one JSON line."""
import argparse
import json
import resource
import time

import torch
from shape import random_model

arguments = argparse.ArgumentParser()
for name, value in [("batch", 16), ("samples", 1), ("prompt", 256), ("new", 64), ("threads", 2)]:
    arguments.add_argument(f"--{name}", type=int, default=value)
arguments = arguments.parse_args()
torch.set_num_threads(arguments.threads)
model = random_model().eval()
prompts = torch.randint(0, model.config.vocab_size, (arguments.batch, arguments.prompt))


def sample(new):
    with torch.inference_mode():
        return model.generate(
            prompts, attention_mask=torch.ones_like(prompts), do_sample=True, temperature=0.8, top_p=0.95, num_return_sequences=arguments.samples,
            min_new_tokens=new, max_new_tokens=new, pad_token_id=0)


sample(2)
started = time.perf_counter()
count = sample(arguments.new)[:, arguments.prompt:].numel()
seconds = time.perf_counter() - started
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
print(json.dumps({"tokensPerSecond": count / seconds, "seconds": seconds, "peakBytes": peak}))
