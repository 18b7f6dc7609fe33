#!/usr/bin/env python3
"""Writes CharacterClasses+Table.swift: the character classes that Hugging Face `tokenizers` sees, asked of it code point by code point.

    pip install tokenizers==0.23.3
    python make_character_classes.py > Sources/PladStudent/Tokenizer/Unicode/CharacterClasses+Table.swift

\\p{..} and \\s come from the engine behind `Split`; \\w from the one behind `single_word` of added tokens, and what `Digits` cuts from
`Digits` itself: the three know Unicode in different versions.
"""
from tokenizers import AddedToken, Regex, Tokenizer, models, pre_tokenizers

SURROGATES = range(0xD800, 0xE000)
CODES = [c for c in range(0x110000) if c not in SURROGATES]


def matching(pattern):
    split = pre_tokenizers.Split(Regex(pattern), "removed")
    return {c for c in CODES if not split.pre_tokenize_str(chr(c))}


def word_characters():
    tokenizer = Tokenizer(models.BPE())
    tokenizer.add_tokens([AddedToken("<x>", single_word=True, normalized=False)])
    return {c for c in CODES if not tokenizer.encode(chr(c) + "<x>").ids}


def numeric_characters():
    digits = pre_tokenizers.Digits(individual_digits=False)
    return {c for c in CODES if len(digits.pre_tokenize_str("a" + chr(c))) == 2}


# In the order of the bits of CharacterClasses.
CLASSES = [matching(p) for p in (r"[\p{Lu}\p{Lt}]", r"\p{Ll}", r"[\p{Lm}\p{Lo}]", r"\p{M}", r"\p{N}", r"\s")] + [word_characters(), numeric_characters()]

runs, previous = [], 0
for code in range(0x110000):
    mask = sum(1 << bit for bit, members in enumerate(CLASSES) if code in members)
    if mask != previous:
        runs.append(code << 8 | mask)
        previous = mask

print("""extension CharacterClasses {
    /// Runs of code points with equal classes, in ascending order: first code point << 8 | classes.
    ///
    /// Written by Tests/Fixtures/tokenizers/make_character_classes.py from Hugging Face tokenizers 0.23.3.
    static let runs: [UInt32] = [""")
line = "       "
for run in runs:
    item = f" 0x{run:x},"
    if len(line) + len(item) > 140:
        print(line)
        line = "       "
    line += item
print(line)
print("    ]\n}")
