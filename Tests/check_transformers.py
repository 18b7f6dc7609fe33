"""The student that plad writes is a Hugging Face model: transformers loads it and gives the same log-probabilities.

    .venv/bin/python Tests/check_transformers.py .build/release/plad

For each fixture, plad trains a few steps and writes the student as f32; AutoModelForCausalLM and AutoTokenizer load
that folder, and every token's log-probability must agree to 5e-5.
"""
import json
import pathlib
import subprocess
import sys
import tempfile

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

TOLERANCE = 5e-5
plad = sys.argv[1]
goldens = pathlib.Path(__file__).parent / "Fixtures" / "goldens"
failed = 0


def run(*arguments, stdin=""):
    return subprocess.run([plad, *arguments], input=stdin, capture_output=True, text=True, check=True).stdout


for fixture in sorted(p.parent for p in goldens.glob("*/golden.json")):
    golden = json.loads((fixture / "golden.json").read_text())
    with tempfile.TemporaryDirectory() as folder:
        out = f"{folder}/student"
        pairs = "\n".join(json.dumps({k: p[k] for k in ("prompt_ids", "chosen_ids", "rejected_ids")}) for p in golden["pairs"])
        run("train", "--student", str(fixture), "--steps", "3", "--batch-size", "4", "--learning-rate", "1e-3", "--out", out, stdin=pairs)
        lines = "\n".join(json.dumps({"prompt_ids": p["prompt_ids"], "completion_ids": p["chosen_ids"]}) for p in golden["pairs"])
        ours = [json.loads(line) for line in run("score", "--student", out, stdin=lines).splitlines()]
        model = AutoModelForCausalLM.from_pretrained(out, dtype=torch.float32).eval()
        tokenizer = AutoTokenizer.from_pretrained(out)
        worst = 0.0
        for pair, line in zip(golden["pairs"], ours, strict=True):
            ids = pair["prompt_ids"] + pair["chosen_ids"]
            with torch.no_grad():
                logits = model(torch.tensor([ids])).logits[0, len(pair["prompt_ids"]) - 1 : -1].float()
            theirs = logits.log_softmax(-1).gather(1, torch.tensor(pair["chosen_ids"])[:, None]).squeeze(1)
            worst = max(worst, (theirs - torch.tensor(line["logProbabilities"])).abs().max().item())
        text = "The house is old."
        tokens = json.loads(run("tokenize", "--student", out, stdin=json.dumps({"text": text})))["ids"]
        same = tokens == tokenizer(text)["input_ids"]
        ok = worst <= TOLERANCE and same
        failed += not ok
        print(f"{fixture.name:20} log-probabilities differ by at most {worst:.1e}, tokens {'equal' if same else 'DIFFER'}: {'ok' if ok else 'FAILED'}")
sys.exit(1 if failed else 0)
