#!/usr/bin/env python3
"""Writes the figures of README.md and docs: what stands between `<!-- figures:NAME -->` and `<!-- /figures -->` comes from docs/results.

    python3 docs/figures.py                    write every table
    python3 docs/figures.py --check            fail where a table is not what its results give
    python3 docs/figures.py --gather-pretraining FOLDER FILE.json
                                               the same of plad pretrain's folders VARIANT-SEED
    python3 docs/figures.py --gather SWEEP FILE.json [--quality]
                                               make a file of results from the runs of a sweep: SWEEP/seed-N/VARIANT; with --quality also
                                               the quality of every greedy completion, by which intervals over prompts are computed
"""
import argparse
import json
import pathlib
import random
import re
import statistics
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
RESULTS = ROOT / "docs/results"
MARKED = re.compile(r"(<!-- figures:([\w-]+) -->\n).*?(<!-- /figures -->)", re.DOTALL)
# Student's t, two-sided 95 %, by degrees of freedom.
T95 = {1: 12.706, 2: 4.303, 3: 3.182, 4: 2.776, 5: 2.571, 6: 2.447, 7: 2.365, 8: 2.306, 9: 2.262}


# Results of sweeps: {"seeds": [1, 2], "students": {"longer": {"rouge_l": [0.6, 0.6], "quality_by_prompt": [[1, 0.5, …], …]}}}.


def gather(sweep, file, with_quality):
    """Measures of all students over the seeds, from evaluation.json and held-out/ of each run."""
    seeds = sorted(int(folder.name.removeprefix("seed-")) for folder in sweep.glob("seed-*"))
    students = {}
    for seed in seeds:
        runs = [run for run in sorted((sweep / f"seed-{seed}").iterdir()) if (run / "evaluation.json").exists()]
        for run in runs:
            for measured in json.loads((run / "evaluation.json").read_text())["students"]:
                if measured["name"] != "ranked" and run != runs[0]:
                    continue
                name = run.name if measured["name"] == "ranked" else measured["name"]
                found = students.setdefault(name, {})
                for key, value in measures(measured).items():
                    found.setdefault(key, []).append(round(value, 7))
                if with_quality and measured["name"] != "initial":
                    lines = (run / "held-out" / f"{measured['name']}.jsonl").read_text().splitlines()
                    qualities = {line["id"]: line["quality"] for line in map(json.loads, lines) if line.get("quality") is not None}
                    found.setdefault("quality_by_prompt", []).append([round(qualities[key], 4) for key in sorted(qualities)])
    for name, found in students.items():
        if any(len(values) != len(seeds) for values in found.values()):
            sys.exit(f"{sweep}: {name} was not measured with each of the seeds {seeds}; finish the sweep first")
    lines = [f"  {json.dumps(name)}: {json.dumps(found)}" for name, found in sorted(students.items())]
    file.write_text(f'{{"seeds": {json.dumps(seeds)}, "students": {{\n' + ",\n".join(lines) + "\n}}\n")


def measures(student):
    """The means of a student in evaluation.json, flat."""
    found = {key: value["mean"] for key, value in {**student, **student.get("more", {})}.items() if isinstance(value, dict) and "mean" in value}
    quality = student.get("quality") or {}
    found["quality"] = quality.get("greedy", {}).get("mean")
    for name in ("sample", "best", "likeliest_by_sum"):
        found[name] = ((quality.get(name) or {}).get("measured") or {}).get("mean")
    return {key: value for key, value in found.items() if value is not None}


def results(name):
    return json.loads((RESULTS / f"{name}.json").read_text())


def spread(values):
    """Mean ± standard deviation over the seeds."""
    return f"{statistics.mean(values):.3f} ± {statistics.stdev(values) if len(values) > 1 else 0:.3f}"


def gap(ours, theirs):
    """Mean difference over the seeds ± half its 95 % interval (Student's t); bold where the interval leaves 0 out."""
    gaps = [a - b for a, b in zip(ours, theirs)]
    half = T95[len(gaps) - 1] * statistics.stdev(gaps) / len(gaps) ** 0.5
    text = f"{statistics.mean(gaps):+.3f} ± {half:.3f}"
    return f"**{text}**" if abs(statistics.mean(gaps)) > half else text


def bootstrap(values):
    """Mean with its 95 % bootstrap interval over the prompts."""
    generator = random.Random(1)
    means = sorted(sum(generator.choices(values, k=len(values))) / len(values) for _ in range(2000))
    return sum(values) / len(values), means[50], means[1949]


def by_prompt(student, right=False):
    """Per prompt, the mean over the seeds of quality, or of being right in full."""
    rows = student["quality_by_prompt"]
    return [statistics.mean(float(value >= 1 - 1e-3) if right else value for value in values) for values in zip(*rows)]


def signed(values):
    mean, low, high = bootstrap(values)
    text = f"{mean:+.3f} [{low:+.3f}, {high:+.3f}]"
    return f"**{text}**" if low > 0 or high < 0 else text


def table(head, rows):
    return ["| " + " | ".join(head) + " |", "|" + "---|" * len(head), *("| " + " | ".join(row) + " |" for row in rows)]


SMOLLM2 = {
    "warm-up": "after warm-up",
    "longer": "the same, ten more passes over the completions",
    "best-of-n": "the same, fine-tuned on the best of its own samples of 1,200 unpaid messages",
    "samples": "the same, **those samples ranked by their quality**",
}


def smollm2_short():
    students = results("smollm2")["students"]
    rows = []
    for name, words in SMOLLM2.items():
        values = [f"{statistics.mean(by_prompt(students[name], right)):.3f}" for right in (False, True)]
        rows.append([words, *(f"**{value}**" if name == "samples" else value for value in values)])
    return table(["student", "facts kept", "messages with every fact kept"], rows)


def smollm2():
    students = results("smollm2")["students"]
    rows = []
    for name in ["initial", *SMOLLM2]:
        student = students[name]
        kept, right = "quality_by_prompt" in student, "–"
        if kept:
            mean, low, high = bootstrap(by_prompt(student))
            quality, right = f"{mean:.3f} [{low:.3f}, {high:.3f}]", f"{statistics.mean(by_prompt(student, True)):.3f}"
        else:
            quality = f"{statistics.mean(student['quality']):.3f}"
        means = [f"{statistics.mean(student[key]):.3f}" for key in ("rouge_l", "teacher_negative_log_likelihood")]
        rows.append(["untouched" if name == "initial" else name, quality, right, *means, f"{statistics.mean(student['length_ratio']):.2f}"])
    return table(["student", "facts kept", "fully right", "ROUGE-L", "nats/token", "length ratio"], rows)


def smollm2_gaps():
    found = results("smollm2")
    students, rows = found["students"], []
    for ours, theirs in [("samples", "longer"), ("samples", "best-of-n"), ("best-of-n", "longer"), ("longer", "warm-up")]:
        row = [f"{ours} − {theirs}"]
        for right in (False, True):
            row.append(signed([a - b for a, b in zip(by_prompt(students[ours], right), by_prompt(students[theirs], right))]))
        each = []
        for one, other in zip(students[ours]["quality_by_prompt"], students[theirs]["quality_by_prompt"]):
            full = [statistics.mean(float(value >= 1 - 1e-3) for value in side) for side in (one, other)]
            each.append(f"{full[0] - full[1]:+.3f}")
        rows.append([*row, ", ".join(each)])
    return table(["difference", "facts kept", "fully right", "fully right, seed by seed"], rows)


SAMPLES = ["initial", "warm-up", "longer", "teacher", "best-of-n", "samples", "longer-3", "best-of-n-3", "samples-3"]


def samples():
    students = results("samples")["students"]
    keys = ["facts_kept", "sample", "likeliest_by_sum", "best", "rouge_l", "length_ratio"]
    rows = [[name, *(spread(students[name][key]) for key in keys)] for name in SAMPLES]
    return table(["student", "facts kept", "a sample", "likeliest of 8", "best of 8", "ROUGE-L", "length ratio"], rows)


def samples_gaps():
    students = results("samples")["students"]
    keys = ["facts_kept", "sample", "likeliest_by_sum", "rouge_l", "teacher_negative_log_likelihood", "auroc"]
    rows = [[name, *(gap(students[name][key], students["longer"][key]) for key in keys)] for name in SAMPLES[3:]]
    return table(["student", "facts kept", "a sample", "likeliest of 8", "ROUGE-L", "nats/token", "AUROC"], rows)


# Results of plad pretrain: {"seeds": [1, 2], "students": {"lm": [2.41, 2.40]}}, nats a token of held-out texts.

PRETRAINING = {
    "lm": "text alone",
    "all": "whole distributions",
    "k50": "top-p 0.95, top-k 50",
    "k10": "top-k 10",
    "k1": "top-k 1",
    "k50-tau2": "top-k 50, τ 2",
    "k50-wsd": "top-k 50, α by wsd",
    "mse": "top-k 50, mse",
}


def gather_pretraining(folder, file):
    """The last held-out loss of FOLDER/VARIANT-SEED/log.jsonl, of the seeds that all variants have."""
    found = {}
    for log in folder.glob("*/log.jsonl"):
        name, seed = log.parent.name.rsplit("-", 1)
        found.setdefault(name, {})[int(seed)] = json.loads(log.read_text().splitlines()[-1])["held_out_loss"]
    seeds = sorted(set.intersection(*(set(values) for values in found.values())))
    students = {name: [round(values[seed], 6) for seed in seeds] for name, values in sorted(found.items())}
    file.write_text(json.dumps({"seeds": seeds, "students": students}, indent=1) + "\n")


def pretraining():
    found = results("pretraining")["students"]
    rows = []
    for name, words in PRETRAINING.items():
        if name in found:
            rows.append([words, spread(found[name]), "–" if name == "lm" else gap(found[name], found["lm"])])
    return table(["the student learns from", "nats/token", "minus text alone"], rows)


# Tables that `plad sweep` printed: {"students": {"columns": […], "rows": [[…], …]}, "gaps": …}. The runs themselves are not kept.


def printed(name, part):
    found = results(name)[part]
    return table(found["columns"], found["rows"])


def tickets():
    found = results("tickets")
    rows = [[name, *map(str, counts)] for name, counts in found["students"].items()]
    return table(["student", *(f"seed {seed}" for seed in found["seeds"])], rows)


# Results of Benchmarks/compare.py and Benchmarks/overhead.py.


def speed():
    files = [results("speed-avx2"), results("speed-avx512")]
    found = [{key(row): row for row in file["rows"] if row["work"] != "tokenize"} for file in files]
    rows, before = [], None
    # Each row once, where the first file that has it puts it.
    for title, phase, peer, unit in dict.fromkeys(row for rows_of_file in found for row in rows_of_file):
        work = title if phase == "all" else f"— {phase}" if before == (title, peer) else f"{title}: {phase}"
        before = (title, peer)
        rows.append([f"{work}, {unit}, {peer}", *(cell(rows_of_file.get((title, phase, peer, unit))) for rows_of_file in found)])
    return table(["plad / peer", *(file["label"] for file in files)], rows)


def key(row):
    return row["title"], row["phase"], row["peer_name"], row["unit"]


def cell(row):
    if row is None:
        return ""
    digits = 1 if row["peer"] < 20 else 0
    memory = "" if row["memory"] is None else f", memory {row['memory']:.2f}×"
    return f"**{row['ratio']:.1f}×**: {row['plad']:.{digits}f} / {row['peer']:.{digits}f}{memory}"


def encoding():
    rows = [row for row in results("speed-encoding")["rows"] if row["work"] == "tokenize"]
    cells = [[row["title"], f"{row['plad']:.1f} {row['unit']}", f"{row['peer']:.1f}", f"**{row['ratio']:.1f}×**"] for row in rows]
    return table(["work", "plad", "`tokenizers`", "ratio"], cells)


def asking():
    rows = [
        [row["client"], f"{row['requests_per_second']:,}", f"{row['processor_microseconds_per_request']:,} µs"] for row in results("asking")["rows"]]
    return table(["client", "requests/s", "processor time of one"], rows)


TABLES = {
    "smollm2-short": smollm2_short, "smollm2": smollm2, "smollm2-gaps": smollm2_gaps, "samples": samples, "samples-gaps": samples_gaps,
    "pretraining": pretraining, "tickets": tickets, "speed": speed, "encoding": encoding, "asking": asking,
    "losses": lambda: printed("losses", "students"), "losses-gaps": lambda: printed("losses", "gaps"), "passes": lambda: printed("passes", "gaps"),
    "stories": lambda: printed("stories", "students"), "stories-gaps": lambda: printed("stories", "gaps"),
}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--gather", nargs=2, type=pathlib.Path, metavar=("SWEEP", "FILE"))
    parser.add_argument("--gather-pretraining", nargs=2, type=pathlib.Path, metavar=("FOLDER", "FILE"))
    parser.add_argument("--quality", action="store_true")
    arguments = parser.parse_args()
    if arguments.gather:
        return gather(*arguments.gather, arguments.quality)
    if arguments.gather_pretraining:
        return gather_pretraining(*arguments.gather_pretraining)
    stale, seen = [], set()
    for document in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]:
        text = document.read_text()

        def filled(found):
            seen.add(found[2])
            if found[2] not in TABLES:
                sys.exit(f"{document.relative_to(ROOT)} marks the table {found[2]}; docs/figures.py has: {', '.join(TABLES)}")
            lines = "\n".join(TABLES[found[2]]())
            return f"{found[1]}{lines}\n{found[3]}"

        written = MARKED.sub(filled, text)
        if written != text:
            stale.append(str(document.relative_to(ROOT)))
            if not arguments.check:
                document.write_text(written)
    if missing := TABLES.keys() - seen:
        sys.exit(f"no document marks the table {', '.join(sorted(missing))}")
    if arguments.check and stale:
        sys.exit(f"{', '.join(stale)}: a marked table is not what docs/results gives; run python3 docs/figures.py")


if __name__ == "__main__":
    main()
