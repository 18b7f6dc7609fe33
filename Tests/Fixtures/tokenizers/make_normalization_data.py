#!/usr/bin/env python3
"""Writes NormalizationData+Table.swift: decompositions and combining classes that Hugging Face `tokenizers` normalizes with (Unicode 9).

    pip install tokenizers==0.23.3
    python make_normalization_data.py > Sources/PladStudent/Tokenizer/Unicode/NormalizationData+Table.swift

With a file name it writes random strings there, each with its normal forms, as normal-forms.json has 400 of them; with `all`
behind it, every character and 300,000 random strings, for a one-off comparison with plad's.

The table is base64 of variable-length integers (7 bits a byte, low bits first), in three lists, each with its length first:
  combining classes   code - end of last run, length of the run - 1, class
  canonical           code - last code, 2 * scalars + (1 if never composed), each scalar's difference from the same one of the last entry (zigzag)
  compatible          the same, where it differs from canonical
Hangul syllables are computed, not listed.
"""
import base64
import json
import random
import sys
import unicodedata

from tokenizers import normalizers

FORMS = {form: getattr(normalizers, form)().normalize_str for form in ("NFC", "NFD", "NFKC", "NFKD")}
CODES = [c for c in range(0x110000) if not 0xD800 <= c < 0xE000]


def combining_class(code):
    """Python's class, where the reference knows the character: then it orders it before U+0345, whose class is the highest."""
    known = code == 0x345 or FORMS["NFD"]("\u0345" + chr(code))[-1] == "\u0345"
    return unicodedata.combining(chr(code)) if known else 0


def varint(value):
    out = bytearray()
    while True:
        out.append(value & 0x7F | (0x80 if value > 0x7F else 0))
        value >>= 7
        if not value:
            return bytes(out)


def zigzag(value):
    return varint(value * 2 if value >= 0 else -value * 2 - 1)


def classes():
    runs = []
    for code in CODES:
        if not unicodedata.combining(chr(code)) or not (value := combining_class(code)):
            continue
        if runs and runs[-1][0] + runs[-1][1] == code and runs[-1][2] == value:
            runs[-1][1] += 1
        else:
            runs.append([code, 1, value])
    data, last = varint(len(runs)), 0
    for start, length, value in runs:
        data += varint(start - last) + varint(length - 1) + varint(value)
        last = start + length
    return data


def decompositions(form, unless):
    entries = []
    for code in CODES:
        text = FORMS[form](chr(code))
        if text != chr(code) and not 0xAC00 <= code < 0xD7A4 and (unless is None or text != FORMS[unless](chr(code))):
            entries.append((code, text, FORMS["NFC"](chr(code)) != chr(code)))
    data, last, previous = varint(len(entries)), 0, [0] * 32
    for code, text, excluded in entries:
        data += varint(code - last) + varint(2 * len(text) + excluded)
        for place, scalar in enumerate(text):
            data += zigzag(ord(scalar) - previous[place])
            previous[place] = ord(scalar)
        last = code
    return data


if len(sys.argv) > 1:
    rng = random.Random(1)
    pool = [c for c in CODES[0x80:] if any(form(chr(c)) != chr(c) for form in FORMS.values())]
    marks = [c for c in CODES if unicodedata.combining(chr(c))]
    jamo = range(0x10F0, 0x1210)
    kinds = [pool, marks, marks, range(0x41, 0x7B), jamo, range(0xAC00, 0xD7B0), CODES]
    everything = sys.argv[2:] == ["all"]
    texts = ["".join(chr(rng.choice(rng.choice(kinds))) for _ in range(rng.randint(2, 8))) for _ in range(300_000 if everything else 400)]
    texts += [chr(c) for c in CODES] if everything else []
    json.dump([[text] + [form(text) for form in FORMS.values()] for text in texts], open(sys.argv[1], "w"))
    sys.exit()

table = base64.b64encode(classes() + decompositions("NFD", None) + decompositions("NFKD", "NFD")).decode()
print('''extension NormalizationData {
    /// Written by Tests/Fixtures/tokenizers/make_normalization_data.py from Hugging Face tokenizers 0.23.3; its layout is told there.
    static let table = """''')
for start in range(0, len(table), 120):
    print("        " + table[start:start + 120] + ("\\" if start + 120 < len(table) else ""))
print('        """\n}')
