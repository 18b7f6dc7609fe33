#!/usr/bin/env python3
"""Exported students in llama.cpp: the same bytes as gguf's quantizer, the same tokens of texts, the same greedy completions.

    python Tests/Scripts/check_gguf.py .build/release/plad STUDENT… [--read-only]

STUDENT is a Hugging Face folder. `--read-only` leaves llama.cpp out, which builds for ten minutes: then the file's numbers alone are compared.
"""
import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

import gguf
import numpy

TEXTS = ["Hello world!", "It's 1234 o'clock, isn't it?  Two  spaces.", "naïve café – 東京 🙂", "a\nb\n\n c\t\td ", "def f(x):\n    return x**2"]
PROMPTS = ["Once upon a time", "The capital of France is", "1, 2, 3,"]
NEW = 24


def run(*command):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stderr}")
    return done.stdout


def compare_numbers(plain, file, kind, name):
    """Every tensor of `file` is what gguf's own quantizer makes of the float32 file's."""
    wanted = {"f16": gguf.GGMLQuantizationType.F16, "bf16": gguf.GGMLQuantizationType.BF16, "q8_0": gguf.GGMLQuantizationType.Q8_0}[kind]
    originals = {tensor.name: tensor for tensor in gguf.GGUFReader(plain).tensors}
    count = 0
    for tensor in gguf.GGUFReader(file).tensors:
        original = originals.pop(tensor.name)
        if tensor.tensor_type == gguf.GGMLQuantizationType.F32:
            same = tensor.data.tobytes() == original.data.tobytes()
        else:
            count += tensor.tensor_type == wanted
            same = tensor.data.tobytes() == gguf.quants.quantize(numpy.array(original.data), tensor.tensor_type).tobytes()
        if not same:
            sys.exit(f"{name}, {kind}: {tensor.name} has other bytes than gguf's quantizer gives")
    if originals:
        sys.exit(f"{name}, {kind}: {', '.join(originals)} is missing")
    return count


def compare_texts(plad, student, files, name):
    from llama_cpp import Llama

    for kind, file in files.items():
        model = Llama(str(file), n_ctx=256, verbose=False, n_threads=2)
        with tempfile.TemporaryDirectory() as folder:
            lines = pathlib.Path(folder, "texts.jsonl")
            lines.write_text("".join(json.dumps({"text": text}) + "\n" for text in TEXTS))
            ours = [json.loads(line)["ids"] for line in run(plad, "tokenize", "--student", student, "--input", lines).splitlines()]
            for text, ids in zip(TEXTS, ours):
                theirs = model.tokenize(text.encode(), add_bos=True, special=True)
                if theirs != ids:
                    sys.exit(f"{name}: {text!r} is {ids} to plad and {theirs} to llama.cpp")
            prompts = pathlib.Path(folder, "prompts.jsonl")
            prompts.write_text("".join(json.dumps({"id": str(index), "prompt": text}) + "\n" for index, text in enumerate(PROMPTS)))
            samples = run(plad, "sample", "--student", student, "--prompts", prompts, "--temperature", "0", "--max-tokens", NEW)
            greedy = {line["id"]: line for line in map(json.loads, samples.splitlines())}
        equal = total = 0
        for index, text in enumerate(PROMPTS):
            line = greedy[str(index)]
            wanted = line["ids"]
            model.reset()
            found = []
            for token in model.generate(line["prompt_ids"], temp=0.0, repeat_penalty=1.0):
                found.append(token)
                if len(found) == len(wanted):
                    break
            equal += found == wanted
            total += 1
        print(f"{name:24} {kind:5} texts equal, greedy completions equal: {equal} of {total}", flush=True)
        if equal < total and kind == "f32":
            sys.exit(f"{name}, {kind}: llama.cpp completes otherwise")
        model.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("plad", type=pathlib.Path)
    parser.add_argument("students", nargs="+", type=pathlib.Path)
    parser.add_argument("--read-only", action="store_true")
    arguments = parser.parse_args()
    for student in arguments.students:
        with tempfile.TemporaryDirectory() as folder:
            files = {kind: pathlib.Path(folder, f"{kind}.gguf") for kind in ("f32", "f16", "bf16", "q8_0")}
            for kind, file in files.items():
                run(arguments.plad, "export", "--to", "gguf", "--type", kind, student, file)
            counts = [f"{kind} {compare_numbers(files['f32'], files[kind], kind, student.name)}" for kind in ("f16", "bf16", "q8_0")]
            print(f"{student.name:24} matrices with gguf's bytes: {', '.join(counts)}", flush=True)
            if not arguments.read_only:
                compare_texts(arguments.plad, student, files, student.name)


if __name__ == "__main__":
    main()
