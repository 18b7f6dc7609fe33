#!/usr/bin/env python3
"""Writes one folder per kind of tokenizer: small tokenizer files, and expected.json with what Hugging Face computes with them.

    pip install transformers==5.23.0 tokenizers==0.23.3 sentencepiece==0.2.3
    python make_tokenizers.py Tests/Fixtures/tokenizers

texts.json holds the texts; expected.json holds for each of them `ids` (special tokens added), `idsPlain` (not added),
`decoded` (of idsPlain) and `decodedSkipping` (of ids, special tokens skipped), and for random ids `drawn` their text `drawnDecoded`.
"""
import io
import json
import pathlib
import random
import sys

import sentencepiece
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import AutoTokenizer

OUT = pathlib.Path(sys.argv[1])
rng = random.Random(20261121)

WORDS = (
    "the of and to in is you that it he was for on are as with his they at be this have from or one had by word but not what all were we when "
    "your can said there use an each which she do how their if will up other about out many then them these so some her would make like him into "
    "time has look two more write go see number no way could people my than first water been call who oil its now find long down day did get come "
    "made may part"
).split()
EXTRA = ["naïve café", "Ünïcödé", "日本語のテキスト", "😀🎉", "foo(bar)[0];", "1234567", "3.14159", "don't", "we'll", "I'm", "C++", "«x»", "नमस्ते", "مرحبا", "  ", "\t", "ﬁne"]


def sentence():
    words = [rng.choice(WORDS) if rng.random() > 0.1 else rng.choice(EXTRA) for _ in range(rng.randint(3, 14))]
    return " ".join(words).capitalize() + rng.choice([".", "!", "?", ".\n", ";"])


CORPUS = [sentence() for _ in range(1500)]

ALPHABETS = [
    "abcdeshtrlvmnopw ABCST'", "  \t\n\r\u00a0\u2003\u3000\u0085\u200b", "0123456789٣४²Ⅷ,.", "!?.,;:-_()[]{}<>|/\\@#'\"’", "éèüßñçøåÅſKİıǅ", "e\u0301a\u0308n\u0303\u0327ﬁﬀ①ｶﾞ가각힣",
    "日本語中文字テスト", "привет мир Ελλάδα שלום مرحبا", "नमस्ते ไทย မြန်မာ", "😀👩\u200d👩\u200d👧🇫🇷👍🏽\ufe0f", "\u0000\u0001\u001c\u007f\u00ad\ufeff\ufffd", "▁<s></s>Ġ",
]


def random_text():
    return "".join(rng.choice(rng.choice([ALPHABETS[0], ALPHABETS[0], rng.choice(ALPHABETS)])) for _ in range(rng.randint(1, 60)))


TEXTS = [
    "Hello, world!", "", " ", "  ", "   leading and trailing   ", "multiple   inner    spaces", "tabs\tand\nnewlines\r\n\n\nend", "a\n \n b\r\n\r\n  c \n",
    "don't we'll I'M they'Ve 's 'S 'ſ 're'll'D ''s", "1234567890 12 345 6,789.01 0x1F ²³½Ⅷ٣٤", "naïve café Ünïcödé e\u0301 \u00e9 \ufb01", "日本語のテキスト 中文测试",
    "😀🎉👩\u200d👩\u200d👧 emoji 🇫🇷", "नमस्ते مرحبا שלום", "x = foo(bar)[0]; // comment\n\tif (a != b) { return -1; }", "A\u00a0non-breaking\u2003em space\u200bzero\u3000wide",
    "...!!!???---___", "a" * 70, "ab" * 40 + "!" + "9" * 61, "\u0000\u0001\u007f control", "https://example.org/path?q=1&r=%20#frag", " \n \t ", "\U00010348\U0001F9D1\u200D\U0001F52C",
    "<s>text</s>", "a<|special|>b", "a <|special|> b", "  <|strip|>  x <|strip|> ", "word <single> word<single>word <single>.", "<norm> É<norm>x <NORM>", "<|special|><|special|> <|strip|><single>",
    "<s", "<|special|", "▁under▁score ▁", "Ġnot a space Ċ", "a .b ?c !d ,e ' f n't 'm 's 've 're", "क्षत्रिय กำลัง ကျေးဇူး", "\u1100\u1161\u11a8 각 \u0958 \u2126 \u212b",
] + [sentence() for _ in range(6)] + [random_text() for _ in range(60)]

SPECIAL = [
    AddedToken("<|special|>", special=True, normalized=False), AddedToken("<|strip|>", lstrip=True, rstrip=True, special=True, normalized=False),
    AddedToken("<single>", single_word=True, special=False, normalized=False), AddedToken("<norm>", special=False, normalized=True),
]

LLAMA3 = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
QWEN2 = LLAMA3.replace("{1,3}", "")
GPT2 = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"


def byte_level(pre_tokenizer, normalizer=None, specials=("<s>", "</s>"), **model):
    t = Tokenizer(models.BPE(**model))
    if normalizer:
        t.normalizer = normalizer
    t.pre_tokenizer = pre_tokenizer
    t.decoder = decoders.ByteLevel()
    t.post_processor = processors.ByteLevel(trim_offsets=False)
    t.train_from_iterator(CORPUS, trainers.BpeTrainer(vocab_size=420, special_tokens=list(specials), initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False))
    return t


def split(pattern, behavior="isolated", invert=False):
    return pre_tokenizers.Sequence([pre_tokenizers.Split(Regex(pattern), behavior, invert), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])


def llama3():
    t = byte_level(split(LLAMA3), ignore_merges=True)
    t.post_processor = processors.Sequence([processors.ByteLevel(trim_offsets=False), processors.TemplateProcessing(single="<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 1)])])
    return t


def sentencepiece_bpe(normalizer, pre_tokenizer, decoder, byte_fallback=True, fuse=True, special=("<unk>", "<s>", "</s>")):
    t = Tokenizer(models.BPE(unk_token="<unk>", byte_fallback=byte_fallback, fuse_unk=fuse))
    spaced = [w for s in CORPUS for w in s.replace(" ", " ▁").split(" ") if w]
    t.train_from_iterator(spaced, trainers.BpeTrainer(vocab_size=300, special_tokens=list(special), show_progress=False, limit_alphabet=80, max_token_length=10))
    data = json.loads(t.to_str())
    if byte_fallback:
        kept = [w for w, _ in sorted(data["model"]["vocab"].items(), key=lambda x: x[1])][3:]
        data["model"]["vocab"] = {w: i for i, w in enumerate(list(special) + [f"<0x{i:02X}>" for i in range(256)] + kept)}
    t = Tokenizer.from_str(json.dumps(data))
    t.normalizer, t.decoder = normalizer, decoder
    if pre_tokenizer:
        t.pre_tokenizer = pre_tokenizer
    t.post_processor = processors.TemplateProcessing(single="<s> $A", special_tokens=[("<s>", 1)])
    return t


def sp_decoder(strip=True):
    return decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()] + ([decoders.Strip(" ", 1, 0)] if strip else []))


def metaspace_decoder(scheme):
    return decoders.Sequence([decoders.Metaspace(prepend_scheme=scheme)])


def unigram(normalizer, byte_fallback=False):
    t = Tokenizer(models.Unigram())
    t.normalizer = normalizer
    t.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
    t.decoder = decoders.Metaspace(prepend_scheme="always")
    t.train_from_iterator(CORPUS, trainers.UnigramTrainer(vocab_size=300, special_tokens=["<pad>", "</s>", "<unk>"], unk_token="<unk>", show_progress=False))
    if byte_fallback:
        data = json.loads(t.to_str())
        data["model"]["byte_fallback"] = True
        data["model"]["vocab"] += [[f"<0x{i:02X}>", -20.0] for i in range(256)]
        t = Tokenizer.from_str(json.dumps(data))
        t.decoder = decoders.Sequence([decoders.ByteFallback(), decoders.Metaspace(prepend_scheme="always")])
    t.post_processor = processors.TemplateProcessing(single="$A </s>", special_tokens=[("</s>", 1)])
    return t


def precompiled():
    """sentencepiece's own trainer with a small set of rules in place of the 240 kB of nmt_nfkc."""
    rules = {"ﬁ": "fi", "ﬀ": "ff", "①": "1", "\u3000": " ", "\u00a0": " ", "\t": " ", "\n": " ", "\r": " ", "e\u0301": "é", "a\u0308": "ä", "\u200b": "", "…": "...", "\u212b": "Å", "ｶ\uff9e": "ガ", "\u0001": ""}
    tsv = OUT / "rules.tsv"
    tsv.write_text("".join(" ".join(f"{ord(c):X}" for c in a) + "\t" + " ".join(f"{ord(c):X}" for c in b) + "\n" for a, b in rules.items()))
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(sentence_iterator=iter(CORPUS), model_writer=model, vocab_size=260, model_type="unigram", normalization_rule_tsv=str(tsv), minloglevel=2)
    tsv.unlink()
    proto = sentencepiece.SentencePieceProcessor(model_proto=model.getvalue())
    from sentencepiece import sentencepiece_model_pb2

    parsed = sentencepiece_model_pb2.ModelProto.FromString(model.getvalue())
    t = Tokenizer(models.Unigram([(p.piece, p.score) for p in parsed.pieces], unk_id=proto.unk_id()))
    t.normalizer = normalizers.Sequence([normalizers.Precompiled(parsed.normalizer_spec.precompiled_charsmap), normalizers.Strip(left=False, right=True), normalizers.Replace(Regex(" {2,}"), "▁")])
    t.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace(prepend_scheme="first")])
    t.decoder = decoders.Metaspace(prepend_scheme="first")
    t.add_special_tokens(["<unk>", "<s>", "</s>"])
    t.post_processor = processors.TemplateProcessing(single="$A </s>", special_tokens=[("</s>", 2)])
    return t


digits = pre_tokenizers.Sequence([pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)])
grouped = pre_tokenizers.Sequence([pre_tokenizers.Digits(individual_digits=False), pre_tokenizers.ByteLevel(add_prefix_space=True, use_regex=True)])
llama_normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
CASES = {
    "gpt2": lambda: byte_level(pre_tokenizers.ByteLevel(add_prefix_space=False)),
    "gpt2-prefix-space": lambda: byte_level(pre_tokenizers.ByteLevel(add_prefix_space=True)),
    "gpt2-split": lambda: byte_level(split(GPT2, "removed", True)),
    "llama3": llama3,
    "qwen2": lambda: byte_level(split(QWEN2), normalizers.NFC()),
    "smollm2": lambda: byte_level(digits),
    "digits-nfkc": lambda: byte_level(grouped, normalizers.NFKC()),
    "llama2": lambda: sentencepiece_bpe(llama_normalizer, None, sp_decoder()),
    "llama2-unknown": lambda: sentencepiece_bpe(llama_normalizer, None, sp_decoder(), byte_fallback=False),
    "llama2-unknown-apart": lambda: sentencepiece_bpe(llama_normalizer, None, sp_decoder(), byte_fallback=False, fuse=False),
    "llama2-metaspace": lambda: sentencepiece_bpe(normalizers.Sequence([]), pre_tokenizers.Metaspace(prepend_scheme="first", split=False), decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)])),
    "metaspace-always": lambda: sentencepiece_bpe(normalizers.NFD(), pre_tokenizers.Metaspace(prepend_scheme="always"), metaspace_decoder("always")),
    "gemma": lambda: sentencepiece_bpe(normalizers.Replace(" ", "▁"), pre_tokenizers.Split(" ", "merged_with_previous"), sp_decoder(strip=False)),
    "literal-split": lambda: sentencepiece_bpe(normalizers.NFKD(), pre_tokenizers.Sequence([pre_tokenizers.Split(" ", "merged_with_next"), pre_tokenizers.Split("a", "isolated"), pre_tokenizers.Split("e", "removed")]), sp_decoder()),
    "unigram": lambda: unigram(normalizers.Sequence([normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")])),
    "unigram-bytes": lambda: unigram(normalizers.NFKC(), byte_fallback=True),
    "precompiled": precompiled,
}

(OUT / "texts.json").write_text(json.dumps(TEXTS, ensure_ascii=False))
for name, make in CASES.items():
    t = make()
    t.add_tokens(SPECIAL)
    data = json.loads(t.to_str())
    if name in ("gpt2", "llama2"):  # the older spelling of merges
        data["model"]["merges"] = [" ".join(pair) for pair in data["model"]["merges"]]
    folder = OUT / name
    folder.mkdir(exist_ok=True)
    (folder / "tokenizer.json").write_text(json.dumps(data, ensure_ascii=name != "gpt2", separators=(",", ":")))
    configuration = {"tokenizer_class": "PreTrainedTokenizerFast", "eos_token": "</s>", "clean_up_tokenization_spaces": name in ("unigram", "gpt2")}
    if t.token_to_id("<s>") is not None:
        configuration["bos_token"] = "<s>"
    (folder / "tokenizer_config.json").write_text(json.dumps(configuration) + "\n")
    t = AutoTokenizer.from_pretrained(folder)
    ids = [t(s)["input_ids"] for s in TEXTS]
    plain = [t(s, add_special_tokens=False)["input_ids"] for s in TEXTS]
    drawn = [[rng.randrange(len(t)) for _ in range(rng.randint(1, 12))] for _ in range(30)]
    expected = {
        "size": len(t), "ids": ids, "idsPlain": plain, "decoded": [t.decode(i) for i in plain], "decodedSkipping": [t.decode(i, skip_special_tokens=True) for i in ids],
        "drawn": drawn, "drawnDecoded": [t.decode(i) for i in drawn],
    }
    (folder / "expected.json").write_text(json.dumps(expected, ensure_ascii=False, separators=(",", ":")))
    print(name, len(t), type(t).__name__)
