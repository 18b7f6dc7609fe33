#!/usr/bin/env python3
"""Runs plad beside PyTorch, transformers and `tokenizers` on this machine, in turns, and prints the medians as a Markdown table.

    make benchmark            # in a virtual environment of its own
    python Benchmarks/compare.py .build/release/plad [--repeats 3] [--threads 2] [--only train sample tokenize]

Both sides do the same work on the same shape, and each run is a process of its own. Ratios above 1 are plad's favour.
"""
import argparse
import json
import pathlib
import platform
import statistics
import subprocess
import sys

HERE = pathlib.Path(__file__).parent
# Work, its name in the table, what both sides are told, what plad is told beside it.
CASES = [
    ("train", "ranking step, 4 pairs, prompt 256, responses 64", ["--pairs", 4, "--prompt", 256, "--response", 64, "--steps", 2]),
    ("train", "the same, lengths varied", ["--pairs", 4, "--prompt", 256, "--response", 64, "--steps", 2, "--vary"]),
    ("sample", "16 prompts of 256 tokens, 64 new", ["--batch", 16, "--samples", 1, "--prompt", 256, "--new", 64]),
    ("sample", "4 prompts, 8 samples of each", ["--batch", 4, "--samples", 8, "--prompt", 256, "--new", 64]),
    ("sample", "1 prompt, 1 sample", ["--batch", 1, "--samples", 1, "--prompt", 256, "--new", 64]),
    # plad computes the same numbers to the bit, reading half the bytes.
    ("sample", "the same, plad from bfloat16 weights, the peer from float32", ["--batch", 1, "--samples", 1, "--prompt", 256, "--new", 64], ["--dtype", "bf16"]),
]
TOKENIZERS = {
    "gpt2": "GPT-2 pattern, 50,257 tokens", "llama3": "Llama 3 pattern, 128,000", "qwen2": "Qwen 2 pattern and NFC, 151,028",
    "sentencepiece": "SentencePiece BPE, 32,000", "unigram": "Unigram, 32,000",
}


def output_of(command):
    """The one JSON line that a benchmark prints."""
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stderr}")
    return json.loads(done.stdout.strip().splitlines()[-1])


def tokenizer_cases(folder):
    if not (folder / "unigram" / "tokenizer.json").exists():
        subprocess.run([sys.executable, HERE / "make_text.py", folder], check=True, stdout=sys.stderr)
    for name, title in TOKENIZERS.items():
        yield "tokenize", f"English, {title}", ["--student", folder / name, "--text", folder / "english.txt"]
    unbroken = ["--student", folder / "gpt2", "--text", folder / "unbroken.txt", "--length", 0]
    yield "tokenize", f"1 MB without spaces, {TOKENIZERS['gpt2']}", unbroken


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("plad", type=pathlib.Path)
    arguments.add_argument("--repeats", type=int, default=3)
    arguments.add_argument("--threads", type=int, default=2)
    arguments.add_argument("--only", nargs="+", choices=["train", "sample", "tokenize"], default=["train", "sample", "tokenize"])
    arguments.add_argument("--texts", type=pathlib.Path, default=pathlib.Path(".build/benchmark-texts"), help="where make_text.py writes")
    arguments = arguments.parse_args()
    cases = [case for case in CASES if case[0] in arguments.only]
    if "tokenize" in arguments.only:
        cases += tokenizer_cases(arguments.texts)
    print(f"{platform.processor() or platform.machine()}, {arguments.threads} threads (tokenizers: 1), medians of {arguments.repeats}\n")
    print("| work | plad | peer | ratio | spread | plad's memory |\n|---|---|---|---|---|---|", flush=True)
    for work, title, options, *own in cases:
        key, unit = ("megabytesPerSecond", "MB/s") if work == "tokenize" else ("tokensPerSecond", "tokens/s")
        threads = [] if work == "tokenize" else ["--threads", arguments.threads]
        ours, theirs = [], []
        for _ in range(arguments.repeats):
            ours.append(output_of([arguments.plad, "bench", work, *options, *sum(own, []), *threads, "--json"]))
            theirs.append(output_of([sys.executable, HERE / f"peer_{work}.py", *options, *threads]))
            if work == "tokenize" and ours[-1]["tokens"] != theirs[-1]["tokens"]:
                sys.exit(f"{title}: plad gives {ours[-1]['tokens']} tokens, the peer {theirs[-1]['tokens']}")
        plad, peer = (statistics.median(run[key] for run in runs) for runs in (ours, theirs))
        ratios = [a[key] / b[key] for a, b in zip(ours, theirs)]
        memory = "" if work == "tokenize" else f"{statistics.median(a['peakBytes'] / b['peakBytes'] for a, b in zip(ours, theirs)):.2f}×"
        print(f"| {title} | {plad:.1f} {unit} | {peer:.1f} | **{plad / peer:.1f}×** | {min(ratios):.1f}–{max(ratios):.1f} | {memory} |", flush=True)


if __name__ == "__main__":
    main()
