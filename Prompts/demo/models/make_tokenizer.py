"""Trains the tokenizer that teacher and student share: byte-level BPE, Qwen2's pattern (every digit is a token of its own, which suits copying).

    python3 make_tokenizer.py EXAMPLES FOLDER      needs `pip install tokenizers==0.23.1`
"""

import json
import pathlib
import sys

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

VOCABULARY = 1536
END = "<|endoftext|>"
PATTERN = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
CHAT = "{% for message in messages %}{{ message['content'] }}\n{% endfor %}{% if add_generation_prompt %}Summary:\n{% endif %}"

examples, folder = map(pathlib.Path, sys.argv[1:])
tokenizer = Tokenizer(models.BPE())
tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
    pre_tokenizers.Split(Regex(PATTERN), behavior="isolated"), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
])
tokenizer.decoder = decoders.ByteLevel()
trainer = trainers.BpeTrainer(
    vocab_size=VOCABULARY, special_tokens=[AddedToken(END, special=True)], initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False,
)
lines = (json.loads(line) for line in open(examples, encoding="utf-8"))
tokenizer.train_from_iterator((line["prompt"] + line["chosen"] for line in lines), trainer)

folder.mkdir(parents=True, exist_ok=True)
tokenizer.save(str(folder / "tokenizer.json"))


def write(name, value):
    (folder / name).write_text(json.dumps(value, indent=2) + "\n", encoding="utf-8")


write("tokenizer_config.json", {
    "tokenizer_class": "PreTrainedTokenizerFast", "bos_token": None, "eos_token": END, "pad_token": END, "model_max_length": 256,
    "add_bos_token": False, "add_eos_token": False, "clean_up_tokenization_spaces": False, "chat_template": CHAT,
})
write("generation_config.json", {"eos_token_id": 0, "pad_token_id": 0, "max_new_tokens": 64, "do_sample": False})
