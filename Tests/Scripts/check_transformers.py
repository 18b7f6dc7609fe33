"""The student that plad writes is a Hugging Face model: transformers loads it and gives the same log-probabilities.

    .venv/bin/python Tests/Scripts/check_transformers.py .build/release/plad

For each fixture, plad trains a few steps and writes the student as f32, then again a low-rank adapter alone;
transformers loads the folder, PEFT the adapter, and every token's log-probability must agree to 5e-5.
"""
import json
import pathlib
import subprocess
import sys
import tempfile

import torch
from peft import PeftModel
from transformers import AutoModelForCausalLM, AutoModelForSeq2SeqLM, AutoTokenizer
from transformers.utils.logging import disable_progress_bar

TOLERANCE = 5e-5
plad = sys.argv[1]
goldens = pathlib.Path(__file__).resolve().parents[1] / "Fixtures" / "goldens"
failed = 0
disable_progress_bar()


def run(*arguments, stdin=""):
    return subprocess.run([plad, *arguments], input=stdin, capture_output=True, text=True, check=True).stdout


def log_probabilities(model, prompt, completion):
    """Of the completion's tokens, as transformers computes them."""
    with torch.no_grad():
        if model.config.is_encoder_decoder:
            start = [model.config.decoder_start_token_id] + completion[:-1]
            logits = model(input_ids=torch.tensor([prompt]), decoder_input_ids=torch.tensor([start])).logits[0]
        else:
            logits = model(torch.tensor([prompt + completion])).logits[0, len(prompt) - 1 : -1]
    return logits.float().log_softmax(-1).gather(1, torch.tensor(completion)[:, None]).squeeze(1)


def worst_difference(model, golden, student):
    """Between a model in transformers and plad's score of the same folder."""
    lines = "\n".join(json.dumps({"prompt_ids": p["prompt_ids"], "completion_ids": p["chosen_ids"]}) for p in golden["pairs"])
    ours = [json.loads(line) for line in run("score", "--student", student, stdin=lines).splitlines()]
    return max(
        (log_probabilities(model, pair["prompt_ids"], pair["chosen_ids"]) - torch.tensor(line["log_probabilities"])).abs().max().item()
        for pair, line in zip(golden["pairs"], ours, strict=True)
    )


for fixture in sorted(p.parent for p in goldens.glob("*/golden.json")):
    golden = json.loads((fixture / "golden.json").read_text())
    kind = AutoModelForSeq2SeqLM if golden["family"] == "t5" else AutoModelForCausalLM
    pairs = "\n".join(json.dumps({k: p[k] for k in ("prompt_ids", "chosen_ids", "rejected_ids")}) for p in golden["pairs"])
    with tempfile.TemporaryDirectory() as folder:
        training = ["train", "--student", str(fixture), "--steps", "3", "--batch-size", "4", "--learning-rate", "1e-3"]
        out, adapter = f"{folder}/student", f"{folder}/adapter"
        run(*training, "--out", out, stdin=pairs)
        run(*training, "--lora-rank", "4", "--out", adapter, stdin=pairs)
        worst = worst_difference(kind.from_pretrained(out, dtype=torch.float32).eval(), golden, out)
        base = kind.from_pretrained(fixture, dtype=torch.float32)
        adapted = worst_difference(PeftModel.from_pretrained(base, adapter).eval(), golden, adapter)
        text = "The house is old."
        tokens = json.loads(run("tokenize", "--student", out, stdin=json.dumps({"text": text})))["ids"]
        same = tokens == AutoTokenizer.from_pretrained(out)(text)["input_ids"]
        ok = max(worst, adapted) <= TOLERANCE and same
        failed += not ok
        print(
            f"{fixture.name:20} log-probabilities differ by at most {worst:.1e}, with an adapter {adapted:.1e}, "
            f"tokens {'equal' if same else 'DIFFER'}: {'ok' if ok else 'FAILED'}"
        )
sys.exit(1 if failed else 0)
