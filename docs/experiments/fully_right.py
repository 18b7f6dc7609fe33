"""Greedy completions of runs: mean quality, share that is right in full, and differences, with 95 % bootstrap intervals over the prompts.

python3 docs/experiments/fully_right.py RUN…   each run's "ranked" student; the first also gives "warm-up"; differences are from the last.
"""
import json, pathlib, random, sys


def qualities(run, student):
    lines = (pathlib.Path(run) / "held-out" / f"{student}.jsonl").read_text().splitlines()
    return {line["id"]: line["quality"] for line in map(json.loads, lines) if line.get("quality") is not None}


def interval(values):
    generator = random.Random(1)
    means = sorted(sum(generator.choices(values, k=len(values))) / len(values) for _ in range(2000))
    return f"{sum(values) / len(values):+.3f} [{means[50]:+.3f}, {means[1949]:+.3f}]"


def row(name, quality):
    values = list(quality.values())
    print(f"{name:40} quality {interval(values)}  right {interval([float(value >= 1 - 1e-9) for value in values])}")


if len(sys.argv) < 2:
    sys.exit(__doc__)
runs = sys.argv[1:]
students = {f"{runs[0]} warm-up": qualities(runs[0], "warm-up")} | {run: qualities(run, "ranked") for run in runs}
for name, quality in students.items():
    row(name, quality)
last = students[runs[-1]]
for name, quality in list(students.items())[:-1]:
    gap = {key: last[key] - quality[key] for key in last}
    right = [float(last[key] >= 1 - 1e-9) - float(quality[key] >= 1 - 1e-9) for key in last]
    print(f"minus {name:34} quality {interval(list(gap.values()))}  right {interval(right)}")
