#!/usr/bin/env python3
"""Writes a table of compare.py's figures into a Markdown file, between `<!-- figures:NAME -->` and `<!-- /figures -->`.

    python Benchmarks/table.py docs/speed.md speed FILE.json [FILE.json …] [--works train sample] [--phases all]

A column for each file, in the order given; a row for each work, phase and peer that any of them has.
"""
import argparse
import json
import pathlib
import re
import sys


def cell(row):
    if row is None:
        return ""
    digits = 1 if row["peer"] < 20 else 0
    memory = "" if row["memory"] is None else f", memory {row['memory']:.2f}×"
    return f"**{row['ratio']:.1f}×**: {row['plad']:.{digits}f} / {row['peer']:.{digits}f}{memory}"


def table(files, works, phases):
    wanted = [[row for row in file["rows"] if row["work"] in works and row["phase"] in phases] for file in files]
    # Each row once, where the first file that has it puts it.
    keys = list(dict.fromkeys((row["title"], row["phase"], row["peerName"], row["unit"]) for rows in wanted for row in rows))
    found = [{(row["title"], row["phase"], row["peerName"], row["unit"]): row for row in rows} for rows in wanted]
    yield f"| plad / peer | {' | '.join(file['label'] for file in files)} |"
    yield f"|---|{'---|' * len(files)}"
    before = None
    for key in keys:
        title, phase, peer, unit = key
        work = title if phase == "all" else f"— {phase}" if before == (title, peer) else f"{title}: {phase}"
        before = (title, peer)
        yield f"| {work}, {unit}, {peer} | {' | '.join(cell(rows.get(key)) for rows in found)} |"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("document", type=pathlib.Path)
    parser.add_argument("name")
    parser.add_argument("figures", type=pathlib.Path, nargs="+")
    parser.add_argument("--works", nargs="+", default=["train", "sample", "tokenize"])
    parser.add_argument("--phases", nargs="+", default=["all", "prompts", "new tokens"])
    arguments = parser.parse_args()
    files = [json.loads(file.read_text()) for file in arguments.figures]
    lines = "\n".join(table(files, arguments.works, arguments.phases))
    text = arguments.document.read_text()
    marked = re.compile(rf"(<!-- figures:{re.escape(arguments.name)} -->\n).*?(<!-- /figures -->)", re.DOTALL)
    if len(marked.findall(text)) != 1:
        sys.exit(f"{arguments.document} must hold <!-- figures:{arguments.name} --> and <!-- /figures --> once, each on a line of its own")
    arguments.document.write_text(marked.sub(lambda found: f"{found[1]}{lines}\n{found[2]}", text))


if __name__ == "__main__":
    main()
