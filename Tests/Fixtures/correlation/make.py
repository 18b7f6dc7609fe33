"""Writes correlations.jsonl: Kendall's tau-b and Spearman's rho as scipy computes them.

    pip install scipy==VERSION   (the first line of the file names it)
    python make.py
"""
import json
import random
import warnings
from importlib.metadata import version
from pathlib import Path

from scipy.stats import ConstantInputWarning, kendalltau, spearmanr


def number(value):
    return None if value != value else float(value)


def main():
    warnings.simplefilter("ignore", ConstantInputWarning)
    rng = random.Random(5)
    cases = [([1, 2, 3], [1, 2, 3]), ([1, 2, 3], [3, 2, 1]), ([1, 1, 1], [1, 2, 3]), ([1, 2], [2, 2]), ([1, 1, 2, 2], [1, 2, 1, 2])]
    for _ in range(60):
        count, steps = rng.randint(2, 12), rng.choice([2, 4, 1000])
        cases.append(tuple([rng.randint(0, steps) / steps for _ in range(count)] for _ in range(2)))
    with open(Path(__file__).parent / "correlations.jsonl", "w") as file:
        file.write(json.dumps({"scipy": version("scipy")}) + "\n")
        for left, right in cases:
            row = {"left": left, "right": right}
            row["kendall"] = number(kendalltau(left, right).statistic)
            row["spearman"] = number(spearmanr(left, right).statistic)
            file.write(json.dumps(row) + "\n")


main()
