#!/usr/bin/env python3
"""Writes white-box.json beside this file: distillation from a teacher's distributions as PyTorch computes it.

    pip install torch==2.13.0 transformers
    python Tests/Fixtures/whitebox/make.py

  losses       each loss between a truncated teacher's distribution and a student's over a small vocabulary, in float64: its value and
               its gradient by all of the student's logits, by autograd over whole vectors in which the teacher has zeros
  truncations  what transformers' own TopPLogitsWarper and then TopKLogitsWarper keep of a model's logits at every position of some texts
  steps        a step of pre-training distillation, L = (1 - alpha) L_lm + alpha * scale * L_kd, by autograd in float64: losses, every
               parameter's gradient and value after AdamW, each by its norm and by its product with a fixed pattern

  dpkd         a step of DPKD: equation 9 of arXiv 2406.19774, with the teacher as reference, each text by its length, and the plain
               text's likelihood; the texts are the pairs of golden.json
  dpkd_tokens  a step of what its released code computes on the pairs' chosen texts: CE and the preference of the teacher's likeliest token
               over the student's, and the same share of CE and KL on plain text

The models are those of Tests/Fixtures/goldens; a step's teacher is its student with noise on the weights.
"""
import copy
import json
import pathlib

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer
from transformers.generation.logits_process import TopKLogitsWarper, TopPLogitsWarper

HERE = pathlib.Path(__file__).parent
GOLDENS = HERE.parent / "goldens"
TEXTS = ["The house is old and the people over there made it new again.", "She said: 12 boats, 3 lamps.", "Water, earth and light; don't ask why!"]
torch.manual_seed(16)
torch.set_num_threads(1)


def divergence(kind, p, q, kept, skew):
    """The loss of one position; p and q are whole vectors of probabilities, p 0 where the teacher's tokens are left out."""
    if kind == "kld":
        return torch.xlogy(p, p).sum() - (p[kept] * q[kept].log()).sum()
    if kind == "nll":
        return -(p[kept] * q[kept].log()).sum()
    if kind == "reverse-kld":
        part = q[kept] / q[kept].sum()
        return (part * (part / p[kept]).log()).sum()
    if kind == "jsd":
        m = (p + q) / 2
        return 0.5 * (torch.xlogy(p, p) - torch.xlogy(p, m) + torch.xlogy(q, q) - torch.xlogy(q, m)).sum()
    if kind == "skewed-kld":
        return (torch.xlogy(p, p) - torch.xlogy(p, skew * p + (1 - skew) * q)).sum()
    if kind == "skewed-reverse-kld":
        return (torch.xlogy(q, q) - torch.xlogy(q, skew * q + (1 - skew) * p)).sum()
    if kind == "tvd":
        return 0.5 * (p - q).abs().sum()
    if kind == "mse":
        return ((p[kept].log() - q[kept].log()) ** 2).mean()
    raise ValueError(kind)


KINDS = ["kld", "reverse-kld", "jsd", "skewed-kld", "skewed-reverse-kld", "tvd", "nll", "mse"]


def softened(log_probabilities, ids, size, tau):
    """F(z): the softmax of the kept logits over tau, as a whole vector."""
    p = torch.zeros(size, dtype=torch.float64)
    return p.index_put((ids,), torch.softmax(log_probabilities / tau, 0))


def losses():
    size = 12
    for kind in KINDS:
        for tau, student_tau, count, spread in [(1, 1, 4, 2.0), (2, 1, 7, 3.0), (2, 2, size, 1.0), (0.5, 3, 1, 8.0)]:
            teacher = spread * torch.randn(size, dtype=torch.float64)
            known = teacher.log_softmax(0).topk(count)
            logits = (spread * torch.randn(size, dtype=torch.float64)).requires_grad_()
            p = softened(known.values, known.indices, size, tau)
            value = divergence(kind, p, (logits / student_tau).softmax(0), known.indices, 0.1)
            value.backward()
            yield {
                "loss": kind, "tau": tau, "student_tau": student_tau, "ids": known.indices.tolist(),
                "log_probabilities": known.values.tolist(), "logits": logits.tolist(), "value": value.item(),
                "gradient": logits.grad.tolist()}


def load(name):
    return AutoModelForCausalLM.from_pretrained(GOLDENS / name).double().eval(), AutoTokenizer.from_pretrained(GOLDENS / name)


def kept(logits, top_p, top_k):
    """The tokens that transformers keeps of a row, the likeliest first, with log-probabilities at temperature 1."""
    row = logits[None]
    if top_p < 1:
        row = TopPLogitsWarper(top_p)(None, row)
    row = TopKLogitsWarper(top_k)(None, row)[0]
    ids = [i for i in logits.argsort(descending=True, stable=True).tolist() if row[i] > -float("inf")]
    log_probabilities = logits.log_softmax(0)
    # A cut that rounding could move is no case to compare by.
    masses = log_probabilities[logits.argsort(descending=True)].exp().cumsum(0)
    assert top_p == 1 or (masses[:top_k] - top_p).abs().min() > 5e-6, "a cut too near to call"
    values = log_probabilities[torch.tensor(ids)]
    return ids, values, max(0.0, 1 - values.exp().sum().item())


def positions(model, text, top_p, top_k):
    with torch.no_grad():
        logits = model(input_ids=torch.tensor([text])).logits[0]
    return [kept(row, top_p, top_k) for row in logits[:-1]]


def truncations():
    for name in ["llama-gqa-tied", "qwen3", "gpt2"]:
        model, tokenizer = load(name)
        texts = [tokenizer(text)["input_ids"] for text in TEXTS[1:]]
        for top_p, top_k in [(0.9, 8), (1, 3), (0.5, 50)]:
            found = [position for text in texts for position in positions(model, text, top_p, top_k)]
            yield {
                "model": name, "texts": texts, "top_p": top_p, "top_k": top_k, "ids": [ids for ids, _, _ in found],
                "log_probabilities": [[round(v, 7) for v in values.tolist()] for _, values, _ in found],
                "rest": [rest for _, _, rest in found]}


def pattern(parameter):
    """Numbers by which a parameter is told from another of the same norm."""
    rows = torch.arange(1, parameter.shape[0] + 1, dtype=torch.float64).cos()
    if parameter.dim() == 1:
        return rows
    return rows[:, None] * torch.arange(1, parameter.shape[1] + 1, dtype=torch.float64).sin()


def measured(named):
    return {name: [value.norm().item(), (value * pattern(value)).sum().item()] for name, value in named}


def steps():
    for name, kind, alpha, tau, student_tau, scale in [
            ("llama-gqa-tied", "kld", 0.9, 2, 1, 1), ("llama-gqa-tied", "jsd", 0.6, 1, 1, 1), ("llama-gqa-tied", "kld", 0.5, 2, 2, 4),
            ("qwen3", "kld", 0.9, 2, 1, 1), ("qwen3", "reverse-kld", 0.5, 1, 2, 1), ("gpt2", "nll", 0.7, 2, 1, 1), ("gpt2", "mse", 0.1, 1, 1, 1)]:
        model, tokenizer = load(name)
        teacher = noised(model)
        texts = [tokenizer(text)["input_ids"] for text in TEXTS]
        known = [positions(teacher, text, 0.95, 6) for text in texts]
        likelihood, distance, count = 0, 0, 0
        for text, rows in zip(texts, known):
            logits = model(input_ids=torch.tensor([text])).logits[0]
            for row, token, (ids, values, _) in zip(logits, text[1:], rows):
                likelihood = likelihood - row.log_softmax(0)[token]
                ids = torch.tensor(ids)
                p = softened(values.float().double(), ids, row.shape[0], tau)
                distance = distance + divergence(kind, p, (row / student_tau).softmax(0), ids, 0.1)
                count += 1
        loss = (1 - alpha) * likelihood / count + alpha * scale * distance / count
        yield finished(model, loss, {
            "model": name, "loss": kind, "alpha": alpha, "tau": tau, "student_tau": student_tau, "scale": scale, "texts": texts,
            "ids": [ids for rows in known for ids, _, _ in rows],
            "log_probabilities": [values.float().tolist() for rows in known for _, values, _ in rows],
            "likelihood": likelihood.item() / count, "distance": distance.item() / count})


def noised(model):
    teacher = copy.deepcopy(model)
    with torch.no_grad():
        for parameter in teacher.parameters():
            parameter.add_(0.3 * parameter.std() * torch.randn_like(parameter))
    return teacher


def finished(model, loss, case):
    """The case with the loss, its gradients, and the parameters after a step of AdamW."""
    loss.backward()
    gradients = measured((n, p.grad) for n, p in model.named_parameters())
    torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=0.01).step()
    return case | {
        "value": loss.item(), "gradients": gradients, "parameters": measured((n, p.detach()) for n, p in model.named_parameters())}


def rows(model, prompt, completion):
    """The logits that predict a completion."""
    return model(input_ids=torch.tensor([prompt + completion])).logits[0][len(prompt) - 1:-1]


def summed(model, prompt, completion):
    return rows(model, prompt, completion).log_softmax(-1).gather(1, torch.tensor(completion)[:, None]).sum()


def negative_log_likelihood(model, texts):
    return -sum(summed(model, text[:1], text[1:]) for text in texts) / sum(len(text) - 1 for text in texts)


def dpkd():
    for name, beta, text_lambda in [("llama-gqa-tied", 0.1, 0.5), ("qwen3", 2, 1), ("gpt2", 0.5, 0.2)]:
        model, tokenizer = load(name)
        teacher = noised(model)
        texts = [tokenizer(text)["input_ids"] for text in TEXTS]
        pairs = json.loads((GOLDENS / name / "golden.json").read_text())["pairs"]
        pairs = [(p["prompt_ids"], p["chosen_ids"], p["rejected_ids"]) for p in pairs]
        with torch.no_grad():
            references = [[summed(teacher, x, y).item() for y in (chosen, rejected)] for x, chosen, rejected in pairs]
        values = []
        for (x, chosen, rejected), (p_chosen, p_rejected) in zip(pairs, references):
            gains = [(summed(model, x, y) - p) / len(y) for y, p in ((chosen, p_chosen), (rejected, p_rejected))]
            values.append(-torch.nn.functional.logsigmoid(beta * gains[0] - beta * gains[1]))
        likelihood = negative_log_likelihood(model, texts)
        loss = torch.stack(values).mean() + text_lambda * likelihood
        yield finished(model, loss, {
            "model": name, "beta": beta, "text_lambda": text_lambda, "texts": texts, "prompts": [x for x, _, _ in pairs],
            "chosen": [y for _, y, _ in pairs], "rejected": [y for _, _, y in pairs], "references": references,
            "text_loss": likelihood.item()})


def dpkd_tokens():
    for name, beta, ratio, text_lambda in [("llama-gqa-tied", 0.1, 0.5, 0.5), ("gpt2", 3, 0.8, 0.3)]:
        model, tokenizer = load(name)
        teacher = noised(model)
        texts = [tokenizer(text)["input_ids"] for text in TEXTS]
        golden = json.loads((GOLDENS / name / "golden.json").read_text())["pairs"]
        gold = [(p["prompt_ids"], p["chosen_ids"]) for p in golden]
        ids, log_probabilities, entropies, preferences = [], [], [], []
        for x, y in gold:
            q = rows(model, x, y).log_softmax(-1)
            with torch.no_grad():
                p = rows(teacher, x, y).log_softmax(-1)
            for q_row, p_row, token in zip(q, p, y):
                best, own = p_row.argmax(), q_row.argmax()
                entropies.append(-q_row[token])
                preferences.append(-torch.nn.functional.logsigmoid(beta * ((q_row[best] - q_row[own]) - (p_row[best] - p_row[own]))))
                ids.append([best.item()] + ([own.item()] if own != best else []))
                log_probabilities.append(p_row[torch.tensor(ids[-1])].tolist())
        known = [positions(teacher, text, 1, 6) for text in texts]
        distance, count = 0, 0
        for text, found in zip(texts, known):
            for row, (kept_ids, values, _) in zip(model(input_ids=torch.tensor([text])).logits[0], found):
                kept_ids = torch.tensor(kept_ids)
                p = softened(values.float().double(), kept_ids, row.shape[0], 1)
                distance = distance + divergence("kld", p, row.softmax(0), kept_ids, 0.1)
                count += 1
        data = (1 - ratio) * torch.stack(entropies).mean() + ratio * torch.stack(preferences).mean()
        plain = (1 - ratio) * negative_log_likelihood(model, texts) + ratio * distance / count
        assert any(len(i) == 2 for i in ids) and any(len(i) == 1 for i in ids)
        yield finished(model, data + text_lambda * plain, {
            "model": name, "beta": beta, "ratio": ratio, "text_lambda": text_lambda, "prompts": [x for x, _ in gold],
            "chosen": [y for _, y in gold], "ids": ids, "log_probabilities": log_probabilities, "texts": texts,
            "text_ids": [i for found in known for i, _, _ in found],
            "text_log_probabilities": [v.float().tolist() for found in known for _, v, _ in found], "text_loss": plain.item()})


def main():
    cases = {"losses": list(losses()), "truncations": list(truncations()), "steps": list(steps()), "dpkd": list(dpkd()),
             "dpkd_tokens": list(dpkd_tokens())}
    (HERE / "white-box.json").write_text(json.dumps(cases, separators=(",", ":")) + "\n")
    for name, found in cases.items():
        print(name, len(found))


main()
