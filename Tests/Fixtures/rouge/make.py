"""Writes pairs.jsonl and stems.jsonl: what rouge_score 0.1.2 and NLTK's Porter stemmer answer.

    pip install rouge_score==0.1.2 nltk==3.10.4
    python make.py

The first line of each file names the versions that made it. Each other line of pairs.jsonl holds two texts and, for
each measure, [precision, recall, F], plain and stemmed; each other line of stems.jsonl a word and its stem.
"""
import json
import random
from importlib.metadata import version
from pathlib import Path

from nltk.stem.porter import PorterStemmer
from rouge_score.rouge_scorer import RougeScorer

MEASURES = ["rouge1", "rouge2", "rougeL", "rougeLsum"]
SUFFIXES = """s ies sses ss ed ing eed ied ying y ational tional enci anci izer bli alli entli eli ousli ization ation ator
alism iveness fulness ousness aliti iviti biliti fulli logi icate ative alize iciti ical ful ness al ance ence er ic able
ible ant ement ment ent sion tion ion ou ism ate iti ous ive ize e ll ated bled izing pping lling ssed zzing""".split()
WORDS = """sky skies dying lying tying news innings inning outings outing cannings canning howe proceed exceed succeed
caresses ponies ties caress cats feed agreed plastered bled motoring sing conflated troubled sized hopping tanned falling
hissing fizzed failing filing happy enjoy relational conditional rational valency hesitancy digitizer conformably radically
differently vilely analogously vietnamization predication operator feudalism decisiveness hopefulness callousness formality
sensitivity sensibility triplicate formative formalize electricity electrical hopeful goodness revival allowance inference
airliner gyroscopic adjustable defensible irritant replacement adjustment dependent adoption homologous communism activate
angularity effective bowdlerize probate rate cease controll roll yyyy syzygy toy geology archaeology rationally 2nd 1990s
a1b2c3 running runs ran easily fairly generously oed aing yed bying dies died lies flies spied cried eye eyes used""".split()
BY_HAND = [
    ("", ""), ("", "a cat"), ("a cat", ""), (" \t\r\n ", "."), ("the cat sat", "the cat sat"), ("cat", "dog"),
    ("the the the the", "the"), ("the", "the the the the"), ("a b a b a b", "b a b a"), ("a b c d", "d c b a"),
    ("police killed the gunman", "police kill the gunman"), ("police killed the gunman", "the gunman kill police"),
    ("first line\nsecond line\n", "second line\nfirst line"), ("one\n\n\ntwo\n", "\ntwo\n\none one\n"),
    ("a b c\nd e f\na b c", "a x b\nc d\nf a b"), ("w1 w2 w3 w4 w5", "w1 w2 w6 w7 w8\nw1 w3 w8 w9 w5"),
    ("a\r\nb\r\nc", "a\nb\rc"), ("line\u2028separator\u0085here", "line separator here"),
    ("Café naïve RÉSUMÉ über", "cafe naive resume uber"), ("Straße ﬁne", "strasse fine"), ("\u212belvin \u212a", "kelvin K"),
    ("\u0130stanbul DI\u0307Y", "istanbul diy"), ("東京 タワー 2024年", "東京タワー 2024"), ("привет мир 42", "привет 42"),
    ("👩‍👩‍👧 family 1", "family"), ("e\u0301tude", "étude"), ("don't re-use it's", "dont reuse its"), ("3.14 $1,000.00", "3 14 1000 00"),
    ("x" * 300, "x" * 300), ("A" * 5 + " " + "b" * 70, "aaaaa " + "b" * 70),
]


def score(reference, candidate):
    row = {"reference": reference, "candidate": candidate}
    for key, stem in [("plain", False), ("stemmed", True)]:
        scores = RougeScorer(MEASURES, use_stemmer=stem).score(reference, candidate)
        row[key] = {m: [scores[m].precision, scores[m].recall, scores[m].fmeasure] for m in MEASURES}
    return row


def text(rng, vocabulary, longest, lines):
    words = [rng.choice(vocabulary) for _ in range(rng.randint(0, longest))]
    return "".join(w + ("\n" if rng.random() < lines else rng.choice([" ", " ", ", ", ". "])) for w in words)


def write(name, versions, rows):
    with open(Path(__file__).parent / name, "w", encoding="utf-8") as file:
        for row in [versions, *rows]:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")


def main():
    rng = random.Random(7)
    versions = {name: version(name) for name in ["rouge_score", "nltk"]}
    syllables = ["b", "tr", "o", "a", "ee", "y", "st", "l", "ll", "sh", "ou", "e", "i", "n", "t", "w", "x", "7", "gg"]
    made = {"".join(rng.choices(syllables, k=rng.randint(1, 4))) + rng.choice(SUFFIXES) for _ in range(3000)}
    words = sorted(set(WORDS) | made)
    stemmer = PorterStemmer()
    # rouge_score stems words of more than three letters only; the stemmer is compared on all of them.
    write("stems.jsonl", versions, [{"word": word, "stem": stemmer.stem(word)} for word in words])
    pairs = [score(*pair) for pair in BY_HAND]
    for index in range(240):
        vocabulary = rng.sample(words, rng.choice([3, 12, 80]))
        longest = rng.choice([8, 40, 150])
        lines = rng.choice([0, 0, 0.1, 0.4])
        pairs.append(score(text(rng, vocabulary, longest, lines), text(rng, vocabulary, longest, lines)))
    write("pairs.jsonl", versions, pairs)


main()
