#!/usr/bin/env python3
"""Writes reference cases for low-rank adapters, computed by PEFT on the models of ../goldens.

    pip install torch==2.13.0 transformers peft==0.21.2 safetensors
    python make.py [NAME ...]

One folder per case in PEFT's layout (adapter_config.json, adapter_model.safetensors with random a and b), and expected.json:
the log-probabilities of the golden pairs' completions with the adapter, and the norms of the gradients of a and b for
loss = -mean over pairs of (chosen sum - 0.5 * rejected sum).
"""
import json, pathlib, sys, torch
from peft import LoraConfig, get_peft_model
from transformers import AutoModelForCausalLM, AutoModelForSeq2SeqLM

here = pathlib.Path(__file__).parent
CASES = {
    "llama-gqa-tied": dict(r=4, lora_alpha=8, target_modules=["q_proj", "v_proj"]),
    "qwen2": dict(r=3, lora_alpha=5, target_modules=["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"], use_rslora=True),
    "gpt2": dict(r=4, lora_alpha=4, target_modules=["c_attn", "c_fc"], fan_in_fan_out=True),
    "t5-relu": dict(r=2, lora_alpha=6, target_modules=["q", "v"]),
    "gemma3": dict(r=3, lora_alpha=6, target_modules=["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]),
    "granite": dict(r=4, lora_alpha=8, target_modules=["o_proj", "down_proj"]),
    "phi3": dict(r=4, lora_alpha=8, target_modules=["qkv_proj", "gate_up_proj"]),
}
for name, settings in CASES.items():
    if sys.argv[1:] and name not in sys.argv[1:]: continue
    torch.manual_seed(1)
    golden = json.loads((here / "../goldens" / name / "golden.json").read_text())
    both = golden["family"] == "t5"
    base = (AutoModelForSeq2SeqLM if both else AutoModelForCausalLM).from_pretrained(here / "../goldens" / name)
    model = get_peft_model(base, LoraConfig(task_type="SEQ_2_SEQ_LM" if both else "CAUSAL_LM", lora_dropout=0.0, bias="none", **settings)).eval()
    with torch.no_grad():
        for key, value in model.named_parameters():
            if "lora_" in key: value.normal_(0, 0.2)
    def logprobs(x, y):
        if both:
            rows = model(input_ids=torch.tensor([x]), decoder_input_ids=torch.tensor([[base.config.decoder_start_token_id] + y[:-1]])).logits[0]
        else:
            rows = model(input_ids=torch.tensor([x + y])).logits[0][len(x) - 1:-1]
        return rows.float().log_softmax(-1).gather(1, torch.tensor(y)[:, None]).squeeze(1)
    chosen, rejected, loss = [], [], 0
    for pair in golden["pairs"]:
        c, r = logprobs(pair["prompt_ids"], pair["chosen_ids"]), logprobs(pair["prompt_ids"], pair["rejected_ids"])
        chosen.append(c.tolist()); rejected.append(r.tolist())
        loss = loss - (c.sum() - 0.5 * r.sum()) / len(golden["pairs"])
    loss.backward()
    folder = here / name
    model.save_pretrained(folder)
    (folder / "README.md").unlink(missing_ok=True)
    config = json.loads((folder / "adapter_config.json").read_text())
    config["base_model_name_or_path"] = f"../../goldens/{name}"
    config["target_modules"] = sorted(config["target_modules"])
    (folder / "adapter_config.json").write_text(json.dumps(config, indent=2, sort_keys=True) + "\n")
    norms = {key.replace(".default", ""): float(value.grad.norm()) for key, value in model.named_parameters() if value.grad is not None}
    (folder / "expected.json").write_text(json.dumps({"chosen": chosen, "rejected": rejected, "gradNorms": norms}) + "\n")
    print(name, float(loss), len(norms))
