#!/usr/bin/env python3
"""Runs plad beside PyTorch, transformers, llama.cpp and `tokenizers` on this machine, in turns, and prints the medians as a Markdown table.

    make benchmark            # in a virtual environment of its own
    python Benchmarks/compare.py .build/release/plad [--repeats 3] [--threads 2] [--only train sample tokenize] [--json FILE]

All sides do the same work on the same shape, and each run is a process of its own. Ratios above 1 are plad's favour.
`--kernels avx2` holds plad and its peers to those instructions. llama.cpp chooses when it is built: `--llama FOLDER` names where
a build for fewer lies, which `pip install --target FOLDER llama-cpp-python` makes with these CMAKE_ARGS:
-DGGML_NATIVE=OFF -DGGML_AVX=ON -DGGML_AVX2=ON -DGGML_FMA=ON -DGGML_F16C=ON -DGGML_BMI2=ON -DGGML_AVX512=OFF
On a processor with AMX, what GCC 12 builds natively dies of an illegal instruction in q8_0. There, instead of the last, these make
a build without AMX: -DGGML_AVX512=ON -DGGML_AVX512_VBMI=ON -DGGML_AVX512_VNNI=ON -DGGML_AVX512_BF16=ON -DGGML_AVX_VNNI=ON
"""
import argparse
import json
import os
import pathlib
import re
import statistics
import subprocess
import sys

from machine import best_instructions, processor

HERE = pathlib.Path(__file__).parent
PAIRS = ["--pairs", 4, "--prompt", 256, "--response", 64, "--steps", 2]
MANY = ["--batch", 16, "--samples", 1, "--prompt", 256, "--new", 64]
SHARED = ["--batch", 4, "--samples", 8, "--prompt", 256, "--new", 64]
ONE = ["--batch", 1, "--samples", 1, "--prompt", 256, "--new", 64]
TRANSFORMERS = ("sample", "transformers f32", [])
# Work, its name in the table, what all sides are told, what plad is told beside it; each peer's script, name and what it is told.
CASES = [
    ("train", "ranking step, 4 pairs, prompt 256, responses 64", PAIRS, [], [("train", "PyTorch f32", [])]),
    ("train", "the same, lengths varied", [*PAIRS, "--vary"], [], [("train", "PyTorch f32", [])]),
    ("sample", "16 prompts of 256 tokens, 64 new, float32", MANY, [], [TRANSFORMERS, ("llama", "llama.cpp f32", ["--type", "f32"])]),
    ("sample", "4 prompts, 8 samples of each, float32", SHARED, [], [TRANSFORMERS, ("llama", "llama.cpp f32", ["--type", "f32"])]),
    ("sample", "1 prompt, 1 sample, float32", ONE, [], [TRANSFORMERS, ("llama", "llama.cpp f32", ["--type", "f32"])]),
    # plad computes the same numbers as in float32, reading half the bytes.
    ("sample", "1 prompt, 1 sample, bfloat16", ONE, ["--dtype", "bf16"], [
        TRANSFORMERS, ("sample", "transformers bf16", ["--dtype", "bf16"]), ("llama", "llama.cpp f16", ["--type", "f16"])]),
    ("sample", "16 prompts, bfloat16", MANY, ["--dtype", "bf16"], [
        ("sample", "transformers bf16", ["--dtype", "bf16"]), ("llama", "llama.cpp f16", ["--type", "f16"])]),
    ("sample", "1 prompt, 1 sample, int8", ONE, ["--weights", "int8"], [("llama", "llama.cpp q8_0", ["--type", "q8_0"])]),
    ("sample", "16 prompts, int8", MANY, ["--weights", "int8"], [("llama", "llama.cpp q8_0", ["--type", "q8_0"])]),
]
TOKENIZERS = {
    "gpt2": "GPT-2 pattern, 50,257 tokens", "llama3": "Llama 3 pattern, 128,000", "qwen2": "Qwen 2 pattern and NFC, 151,028",
    "sentencepiece": "SentencePiece BPE, 32,000", "unigram": "Unigram, 32,000",
}
# What holds each side to a set of instructions.
HELD = {
    "plad": {"generic": {"PLAD_KERNELS": "generic"}, "avx2": {"PLAD_KERNELS": "avx2"}, "avx512": {"PLAD_KERNELS": "avx512"}},
    "torch": {
        "generic": {"ATEN_CPU_CAPABILITY": "default", "ONEDNN_MAX_CPU_ISA": "SSE41", "MKL_ENABLE_INSTRUCTIONS": "SSE4_2"},
        "avx2": {"ATEN_CPU_CAPABILITY": "avx2", "ONEDNN_MAX_CPU_ISA": "AVX2", "MKL_ENABLE_INSTRUCTIONS": "AVX2"},
        # Without AMX's tiles, which are another kind of instruction.
        "avx512": {"ATEN_CPU_CAPABILITY": "avx512", "ONEDNN_MAX_CPU_ISA": "AVX512_CORE_BF16", "MKL_ENABLE_INSTRUCTIONS": "AVX512"},
    },
}
# OpenBLAS, beside whose product plad measures its own: one that is older than the processor chooses far too plain kernels.
CORES = {"generic": "Nehalem", "avx2": "Haswell", "avx512": "SkylakeX"}
CAPABILITIES = {"generic": "DEFAULT", "avx2": "AVX2", "avx512": "AVX512"}
# A library that was told which kernels to use would not show its own.
FREED = ["OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "PLAD_KERNELS", *HELD["torch"]["avx2"]]


class Absent(Exception):
    """A peer that is not installed, or not for these instructions: said in one line, and its rows are left out."""


class Comparison:
    def __init__(self, arguments):
        self.arguments = arguments
        self.absent = {}

    def environment(self, side):
        kept = {name: value for name, value in os.environ.items() if name not in FREED}
        if side == "plad" and (best := self.arguments.kernels or best_instructions()):
            kept["OPENBLAS_CORETYPE"] = CORES[best]
        return kept | HELD.get(side, {}).get(self.arguments.kernels, {})

    def plad(self, work, options):
        run = output_of([self.arguments.plad, "bench", work, *options, "--json"], self.environment("plad"))
        used = run.get("kernels", "does not say which")
        if work != "tokenize" and self.arguments.kernels not in (None, used):
            sys.exit(f"plad was told to use the kernels for {self.arguments.kernels}; it used: {used}")
        return run

    def peer(self, script, options):
        command = [sys.executable, HERE / f"peer_{script}.py", *options]
        if script == "tokenize":
            return output_of(command, self.environment("tokenize"), Absent)
        if script != "llama":
            run = output_of(command, self.environment("torch"), Absent)
            wanted = CAPABILITIES.get(self.arguments.kernels)
            if wanted and run["capability"] != wanted:
                raise Absent(f"PyTorch was held to {wanted} and uses {run['capability']}")
            return run
        environment = self.environment("llama")
        if self.arguments.llama:
            environment["PYTHONPATH"] = os.pathsep.join(filter(None, [str(self.arguments.llama.resolve()), environment.get("PYTHONPATH")]))
        kind = options[options.index("--type") + 1]
        gguf = self.arguments.models / f"smollm-135m-{kind}.gguf"
        if not gguf.exists():
            output_of([sys.executable, HERE / "make_gguf.py", gguf, kind], environment, Absent, last_line=False)
        run = output_of([*command, "--gguf", gguf], environment, Absent)
        has = set(re.findall(r"\b(AVX2|AVX512)\w* = 1", run["system"]))
        used = "avx512" if "AVX512" in has else "avx2" if has else "generic"
        if self.arguments.kernels not in (None, used):
            raise Absent(f"llama.cpp is built for {used}; give --llama the folder of a build for {self.arguments.kernels}")
        return run

    def try_peer(self, name, script, options):
        """The peer's run, or None if it cannot be had; a peer that failed once isn't asked again."""
        key = "torch" if script in ("train", "sample") else script
        if key in self.absent:
            return None
        try:
            return self.peer(script, options)
        except Absent as reason:
            self.absent[key] = str(reason)
            print(f"{name} is left out: {reason}", file=sys.stderr, flush=True)
            return None

    def rows(self, work, title, options, own, peers):
        """The case's table rows, one for each peer and phase; plad runs once for all peers."""
        threads = [] if work == "tokenize" else ["--threads", self.arguments.threads]
        ours, theirs = [], {name: [] for _, name, _ in peers}
        for _ in range(self.arguments.repeats):
            ours.append(self.plad(work, [*options, *own, *threads]))
            for script, name, told in peers:
                if run := self.try_peer(name, script, [*options, *told, *threads]):
                    theirs[name].append(run)
                    if work == "tokenize" and ours[-1]["tokens"] != run["tokens"]:
                        sys.exit(f"{title}: plad gives {ours[-1]['tokens']} tokens, the peer {run['tokens']}")
        for name, runs in theirs.items():
            if len(runs) < len(ours):
                continue
            memory = None if work == "tokenize" else statistics.median(a["peak_bytes"] / b["peak_bytes"] for a, b in zip(ours, runs))
            for phase, rate, unit in phases(work, options):
                plad, peer = ([rate(run) for run in side] for side in (ours, runs))
                ratios = [a / b for a, b in zip(plad, peer)]
                yield {
                    "work": work, "title": title, "phase": phase, "kernels": ours[0].get("kernels", ""),
                    "unit": unit, "plad": statistics.median(plad), "peer": statistics.median(peer), "peer_name": name,
                    "ratio": statistics.median(plad) / statistics.median(peer), "least": min(ratios), "most": max(ratios),
                    "memory": memory if phase == "all" else None, "share": share(work, phase, ours),
                }
        self.runs = {"plad": ours, **theirs}


def phases(work, options):
    """Name, rate of a run, and unit, of all that a case's rows tell apart."""
    if work == "tokenize":
        return [("all", lambda run: run["megabytes_per_second"], "MB/s")]
    whole = ("all", lambda run: run["tokens_per_second"], "tokens/s")
    if work == "train":
        return [whole]
    batch, samples, prompt, new = (options[options.index(name) + 1] for name in ("--batch", "--samples", "--prompt", "--new"))
    # A prompt is counted once, whoever computes it for each of its samples; its logits give each sample's first token.
    return [
        whole,
        ("prompts", lambda run: batch * prompt / run["seconds"]["prefill"], "tokens/s"),
        ("new tokens", lambda run: batch * samples * (new - 1) / run["seconds"]["decode"], "tokens/s"),
    ]


def share(work, phase, runs):
    """The median part of the machine's best rate that plad reaches, and of which: "product" of matrices, or "read" of memory."""
    if work == "train":
        return {"of": "product", "part": statistics.median(run["gflops"] / run["sgemm_gflops"] for run in runs)}
    if phase == "prompts" and all("gflops_by_part" in run for run in runs):
        return {"of": "product", "part": statistics.median(run["gflops_by_part"]["prefill"] / run["sgemm_gflops"] for run in runs)}
    if phase == "new tokens" and all("weights" in run for run in runs):
        return {"of": "read", "part": statistics.median(run["weights"]["share"] for run in runs)}
    return None


def output_of(command, environment, failure=None, last_line=True):
    """The one JSON line that a benchmark prints."""
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, env=environment)
    if done.returncode != 0:
        said = done.stderr.strip().splitlines() or [f"exit status {done.returncode}"]
        if failure:
            raise failure(said[-1])
        sys.exit(f"{' '.join(map(str, command))}\n{done.stderr}")
    return json.loads(done.stdout.strip().splitlines()[-1]) if last_line else None


def tokenizer_cases(folder):
    if not (folder / "unigram" / "tokenizer.json").exists():
        subprocess.run([sys.executable, HERE / "make_text.py", folder], check=True, stdout=sys.stderr)
    peers = [("tokenize", "tokenizers", [])]
    for name, title in TOKENIZERS.items():
        yield "tokenize", f"encoding English, {title}", ["--student", folder / name, "--text", folder / "english.txt"], [], peers
    unbroken = ["--student", folder / "gpt2", "--text", folder / "unbroken.txt", "--length", 0]
    yield "tokenize", f"encoding 1 MB without spaces, {TOKENIZERS['gpt2']}", unbroken, [], peers


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("plad", type=pathlib.Path)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--only", nargs="+", choices=["train", "sample", "tokenize"], default=["train", "sample", "tokenize"])
    parser.add_argument("--match", default="", help="only cases whose name holds this text")
    parser.add_argument("--peers", nargs="+", choices=["torch", "llama"], default=["torch", "llama"], help="whom training and sampling are compared with")
    parser.add_argument("--kernels", choices=["generic", "avx2", "avx512"], help="hold all sides to these instructions")
    parser.add_argument("--llama", type=pathlib.Path, metavar="FOLDER", help="where llama-cpp-python lies, if not among this Python's packages")
    parser.add_argument("--label", help="what the table calls this machine; by default its processor and the kernels")
    parser.add_argument("--json", type=pathlib.Path, metavar="FILE", help="write all figures, for docs/figures.py")
    parser.add_argument("--texts", type=pathlib.Path, default=pathlib.Path(".build/benchmark-texts"), help="where make_text.py writes")
    parser.add_argument("--models", type=pathlib.Path, default=pathlib.Path(".build/benchmark-models"), help="where make_gguf.py writes")
    arguments = parser.parse_args()
    cases = [case for case in CASES if case[0] in arguments.only]
    if "tokenize" in arguments.only:
        cases += tokenizer_cases(arguments.texts)
    asked = {"train": "torch", "sample": "torch", "llama": "llama", "tokenize": "tokenize"}
    comparison = Comparison(arguments)
    label = arguments.label or ", ".join(filter(None, [processor(), arguments.kernels]))
    figures = {"label": label, "processor": processor(), "threads": arguments.threads, "repeats": arguments.repeats, "rows": [], "runs": []}
    print(f"{label}, {arguments.threads} threads (tokenizers: 1), medians of {arguments.repeats}; load {os.getloadavg()[0]:.1f}\n")
    print("| work | kernels | plad | peer | | ratio | spread | plad's memory | of the best product or read rate |")
    print("|---|---|---|---|---|---|---|---|---|", flush=True)
    for work, title, options, own, peers in cases:
        peers = [peer for peer in peers if asked[peer[0]] in (*arguments.peers, "tokenize")]
        if arguments.match not in title or not peers:
            continue
        load = os.getloadavg()[0]
        for row in comparison.rows(work, title, options, own, peers):
            figures["rows"].append(row)
            print(line(row), flush=True)
        figures["runs"].append({"title": title, "load": load, **comparison.runs})
        if arguments.json:
            arguments.json.write_text(json.dumps(figures, indent=1) + "\n")


def line(row):
    title = row["title"] if row["phase"] == "all" else f"— {row['phase']}"
    memory = "" if row["memory"] is None else f"{row['memory']:.2f}×"
    share = "" if row["share"] is None else f"{100 * row['share']['part']:.0f} % of {row['share']['of']}"
    return (
        f"| {title} | {row['kernels']} | {row['plad']:.1f} {row['unit']} | {row['peer']:.1f} | {row['peer_name']} "
        f"| **{row['ratio']:.1f}×** | {row['least']:.1f}–{row['most']:.1f} | {memory} | {share} |")


if __name__ == "__main__":
    main()
