#!/usr/bin/env python3
"""One ranking step in PyTorch + transformers, as TRL's trainers of pairs do it: chosen and rejected are concatenated and padded
to the longest, full logits, log-softmax and gather, a margin hinge with a likelihood term, clipped gradients, AdamW.

Counts the tokens of both sides of each pair, padding not. Prints one JSON line.
"""
import argparse
import json
import random
import resource
import time

import torch
from shape import random_model

arguments = argparse.ArgumentParser()
for name, value in [("pairs", 4), ("prompt", 256), ("response", 64), ("steps", 3), ("threads", 2)]:
    arguments.add_argument(f"--{name}", type=int, default=value)
arguments.add_argument("--vary", action="store_true")
arguments = arguments.parse_args()
torch.set_num_threads(arguments.threads)
drawn = random.Random(0)
model = random_model().train()
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-9)


def tokens(count):
    count = drawn.randint((count + 1) // 2, count) if arguments.vary else count
    return [drawn.randrange(model.config.vocab_size) for _ in range(count)]


def batch():
    """Token ids [2 · pairs, longest], chosen first, with masks of what is there and what is answer; and how many tokens are there."""
    prompts = [tokens(arguments.prompt) for _ in range(arguments.pairs)]
    rows = [(prompt, tokens(arguments.response)) for _ in range(2) for prompt in prompts]
    longest = max(len(prompt) + len(answer) for prompt, answer in rows)
    ids = torch.zeros(len(rows), longest, dtype=torch.long)
    there, answers = torch.zeros_like(ids), torch.zeros_like(ids)
    for row, (prompt, answer) in enumerate(rows):
        end = len(prompt) + len(answer)
        ids[row, :end] = torch.tensor(prompt + answer)
        there[row, :end] = 1
        answers[row, len(prompt):end] = 1
    return ids, there, answers, int(there.sum())


def step():
    ids, there, answers, count = batch()
    logits = model(input_ids=ids, attention_mask=there, use_cache=False).logits[:, :-1].float()
    by_token = torch.gather(logits.log_softmax(-1), 2, ids[:, 1:].unsqueeze(-1)).squeeze(-1)
    chosen, rejected = (by_token * answers[:, 1:]).sum(-1).chunk(2)
    loss = torch.relu(1e9 - chosen + rejected).mean() - 0.1 * chosen.mean()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    optimizer.zero_grad(set_to_none=True)
    return count


step()
started = time.perf_counter()
count = sum(step() for _ in range(arguments.steps))
seconds = time.perf_counter() - started
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
print(json.dumps({
    "tokens_per_second": count / seconds, "seconds_per_step": seconds / arguments.steps, "peak_bytes": peak,
    "capability": torch.backends.cpu.get_cpu_capability()}))
