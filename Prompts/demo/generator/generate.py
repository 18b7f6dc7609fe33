"""Writes the demo's prompts, and the examples that its models learn from. The same arguments give the same bytes.

    python3 generate.py prompts                           train.jsonl and valid.jsonl beside this folder
    python3 generate.py examples --count N --seed S       {"prompt", "chosen"} lines on standard output: a message and its summary
    python3 generate.py rough --count N --seed S          the same, but the summaries are careless: they leave facts out
"""

import argparse
import json
import pathlib
import sys

import message
from grammar import Draw
from values import Values

TASK = pathlib.Path(__file__).resolve().parent.parent
TEMPLATE = "{prompt}\nSummary:\n"
TRAIN, VALID = 2400, 240


def lines(count, seed, held_out=False, invented=0.0, seen=()):
    """`count` messages, no two alike and none of `seen`."""
    draw, texts = Draw(seed), set(seen)
    values = Values(draw, held_out, invented)
    while count:
        written = message.write(draw, values)
        if written.text in texts:
            continue
        texts.add(written.text)
        count -= 1
        yield written


def write_prompts():
    for name, count, seed, held_out in [("train", TRAIN, 1, False), ("valid", VALID, 2, True)]:
        with open(TASK / f"{name}.jsonl", "w", encoding="utf-8", newline="\n") as file:
            for number, written in enumerate(lines(count, seed, held_out), start=1):
                line = {"id": f"{name}-{number:04}", "prompt": written.text, "facts": list(dict.fromkeys(written.facts.values()))}
                file.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n")


def write_examples(count, seed, rough):
    seen = {json.loads(line)["prompt"] for name in ("train", "valid") for line in open(TASK / f"{name}.jsonl", encoding="utf-8")}
    draw = Draw(f"rough {seed}")
    for written in lines(count, seed, invented=0.3, seen=seen):
        summary = written.careless(draw) if rough else written.summary
        sys.stdout.write(json.dumps({"prompt": TEMPLATE.format(prompt=written.text), "chosen": summary}, ensure_ascii=False, separators=(",", ":")) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["prompts", "examples", "rough"])
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=3)
    arguments = parser.parse_args()
    sys.stdout.reconfigure(encoding="utf-8", newline="\n")
    if arguments.what == "prompts":
        write_prompts()
    else:
        write_examples(arguments.count, arguments.seed, rough=arguments.what == "rough")


if __name__ == "__main__":
    main()
