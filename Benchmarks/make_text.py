#!/usr/bin/env python3
"""Writes English-like texts and tokenizers of published sizes trained on them: what the tokenizer comparison reads.

    python make_text.py FOLDER [--megabytes 4]

No published vocabulary is needed, and the seed is fixed. Words are drawn by Zipf's law (Mandelbrot's form, exponent 1.15) from
the dictionary of Debian's `wamerican`, the commonest English words first; with capitals, punctuation, contractions, numbers,
paragraphs, and now and then a word of another script. FOLDER gets

    english.txt     the text that is encoded; another draw than the one the vocabularies were trained on
    unbroken.txt    1 MB of letters without any space
    gpt2/ llama3/ qwen2/ sentencepiece/ unigram/    each with a tokenizer.json
"""
import argparse
import bisect
import itertools
import pathlib
import random

from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

DICTIONARY = pathlib.Path("/usr/share/dict/american-english")
COMMON = (
    "the of and to in a is that for it was on are as with his they at be this have from or one had by word but not what all were we when your can "
    "said there use an each which she do how their if will up other about out many then them these so some her would make like him into time has "
    "look two more write go see number no way could people my than first water been call who its now find long down day did get come made may part"
).split()
FOREIGN = ["naïve", "café", "Zürich", "señor", "Москва", "東京", "λόγος", "😀"]
CL100K = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"


class Writer:
    def __init__(self, seed):
        shuffled = random.Random(0)  # The same ranks for every text: one language.
        words = [word for word in DICTIONARY.read_text().split() if word not in COMMON]
        shuffled.shuffle(words)
        # Common words are short.
        words.sort(key=lambda word: len(word) * shuffled.random() ** 0.5)
        self.words = COMMON + words
        self.weights = list(itertools.accumulate(1 / (rank + 2.7) ** 1.15 for rank in range(1, len(self.words) + 1)))
        self.random = random.Random(seed)

    def word(self):
        draw = self.random.random()
        if draw < 0.012:
            return self.random.choice([str(self.random.randint(0, 99)), str(self.random.randint(1000, 2100)), f"{self.random.uniform(0, 1000):,.2f}"])
        if draw < 0.014:
            return self.random.choice(FOREIGN)
        word = self.words[bisect.bisect(self.weights, self.random.random() * self.weights[-1])]
        return f"\"{word}\"" if draw > 0.99 else f"({word})" if draw > 0.985 else f"{word}-{self.random.choice(COMMON)}" if draw > 0.98 else word

    def sentence(self):
        words = [self.word() for _ in range(self.random.randint(4, 28))]
        for place in range(1, len(words) - 1):
            if self.random.random() < 0.07:
                words[place] += self.random.choice([",", ",", ",", ";", ":", " —"])
        if self.random.random() < 0.08:
            words.insert(1, self.random.choice(["don't", "it's", "we'll", "I've", "they're", "I'd"]))
        return words[0][0].upper() + words[0][1:] + "".join(" " + word for word in words[1:]) + self.random.choice("......?!")

    def text(self, size):
        """Paragraphs, at least `size` bytes."""
        parts = []
        while size > 0:
            paragraph = " ".join(self.sentence() for _ in range(self.random.randint(2, 9))) + "\n\n"
            parts.append(paragraph)
            size -= len(paragraph.encode())
        return "".join(parts)

    def unbroken(self, size):
        text = "".join(filter(str.isascii, "".join(filter(str.isalpha, self.text(size * 3 // 2)))))
        return text[:size]


def byte_pairs(size, pre_tokenizer, normalizer=None):
    tokenizer = Tokenizer(models.BPE())
    if normalizer:
        tokenizer.normalizer = normalizer
    tokenizer.pre_tokenizer = pre_tokenizer
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    return tokenizer, trainers.BpeTrainer(vocab_size=size, special_tokens=["<|endoftext|>"], initial_alphabet=alphabet, show_progress=False)


def split(pattern):
    bytes_only = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    return pre_tokenizers.Sequence([pre_tokenizers.Split(Regex(pattern), "isolated"), bytes_only])


def sentencepiece():
    """As Llama 2 has it: spaces are symbols, characters outside the vocabulary are spelled in bytes."""
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    tokenizer.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    tokenizer.decoder = decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)])
    # Trained on words, as SentencePiece trains; encoding then sees the whole text at once.
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="never")
    special = ["<unk>", "<s>", "</s>"] + [f"<0x{byte:02X}>" for byte in range(256)]
    return tokenizer, trainers.BpeTrainer(vocab_size=32000, special_tokens=special, show_progress=False)


def unigram():
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    return tokenizer, trainers.UnigramTrainer(vocab_size=32000, special_tokens=["<pad>", "</s>", "<unk>"], unk_token="<unk>", show_progress=False)


KINDS = {
    "gpt2": lambda: byte_pairs(50257, pre_tokenizers.ByteLevel(add_prefix_space=False)),
    "llama3": lambda: byte_pairs(128000, split(CL100K)),
    "qwen2": lambda: byte_pairs(151643, split(CL100K.replace("{1,3}", "")), normalizers.NFC()),
    "sentencepiece": sentencepiece,
    "unigram": unigram,
}

if __name__ == "__main__":
    arguments = argparse.ArgumentParser()
    arguments.add_argument("folder", type=pathlib.Path)
    arguments.add_argument("--megabytes", type=int, default=4)
    arguments = arguments.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    (arguments.folder / "english.txt").write_text(Writer(1).text(arguments.megabytes * 1_000_000))
    (arguments.folder / "unbroken.txt").write_text(Writer(2).unbroken(1_000_000))
    training = Writer(3).text(32_000_000)
    for name, make in KINDS.items():
        tokenizer, trainer = make()
        tokenizer.train_from_iterator(training.splitlines(keepends=True), trainer)
        if name == "sentencepiece":
            tokenizer.pre_tokenizer = None
        (arguments.folder / name).mkdir(exist_ok=True)
        tokenizer.save(str(arguments.folder / name / "tokenizer.json"))
        print(f"{name}: {tokenizer.get_vocab_size()} tokens", flush=True)
