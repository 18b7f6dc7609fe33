"""Writes pairs.jsonl and corpora.jsonl: what sacrebleu answers for chrF with its defaults.

    pip install sacrebleu==2.6.0
    python make.py

The first line of each file names the version that made it. Each other line of pairs.jsonl holds two texts and the score of
the pair; each other line of corpora.jsonl a range of those pairs and their
score as a corpus. Texts are in many scripts: sentences that were written for this file, as they are and damaged at random, and
characters drawn from all of Unicode.
"""
import json
import random
from importlib.metadata import version
from pathlib import Path

from sacrebleu.metrics import CHRF

SENTENCES = """The parcel left on Monday and should be with you by Thursday.
Please send the invoice for $1,250.00 again; the first one did not arrive.
Könnten Sie mir bitte sagen, wann die Lieferung eintrifft?
J'ai été prélevé deux fois pour la même commande, n° 48-213.
¿Puede cambiar la dirección de envío antes de mañana?
Đơn hàng của tôi vẫn chưa được giao dù đã quá một tuần.
Посылка отправлена в понедельник и должна прийти к четвергу.
Пожалуйста, пришлите счёт ещё раз: первый не дошёл.
Το δέμα έφυγε τη Δευτέρα και θα φτάσει ως την Πέμπτη.
包裹星期一已经寄出，应该在星期四之前送到。
请再发一次发票，第一张没有收到；订单号是48213。
荷物は月曜日に発送され、木曜日までに届く予定です。
請求書をもう一度送ってください。最初のものは届きませんでした。
택배는 월요일에 출발했고 목요일까지 도착할 예정입니다.
송장을 다시 보내 주세요. 첫 번째 것은 받지 못했습니다.
غادر الطرد يوم الاثنين ومن المفترض أن يصل بحلول يوم الخميس.
يرجى إرسال الفاتورة مرة أخرى، فالأولى لم تصل.
החבילה יצאה ביום שני ואמורה להגיע עד יום חמישי.
พัสดุออกไปเมื่อวันจันทร์และควรจะถึงคุณภายในวันพฤหัสบดี
กรุณาส่งใบแจ้งหนี้อีกครั้ง ฉบับแรกยังไม่มาถึง
पार्सल सोमवार को निकला और गुरुवार तक पहुँच जाना चाहिए।
পার্সেলটি সোমবার রওনা হয়েছে এবং বৃহস্পতিবারের মধ্যে পৌঁছানো উচিত।
பார்சல் திங்கட்கிழமை புறப்பட்டது, வியாழக்கிழமைக்குள் வந்து சேரும்.
ამანათი ორშაბათს გაიგზავნა და ხუთშაბათამდე უნდა მოვიდეს.
Ծանրոցը ուղարկվել է երկուշաբթի և պետք է հասնի մինչև հինգշաբթի։
ጥቅሉ ሰኞ ተልኳል እና እስከ ሐሙስ ድረስ መድረስ አለበት።
Thanks 🙏 the 👩‍👩‍👧 loved it, 10/10 ⭐⭐⭐⭐⭐""".split("\n")
SPACES = [" ", "  ", "\n", "\t", "\r\n", "\u3000", "\u00a0", "\u2009", "\u200b", "\x0b", "\x1c", "\x1f", "\x85", "\u2028", "\ufeff"]
BY_HAND = [
    ("", ""), ("", "a"), ("a", ""), (" \n\u3000", "\x1c\x1d\x1e\x1f"), ("a", "a"), ("a", "b"), ("abc", "abcdef"), ("abcdef", "abc"),
    ("abcdefg", "abcdefg"), ("aaaaaaaa", "aaa"), ("aaa", "aaaaaaaa"), ("Abc", "abc"), ("e\u0301te\u0301", "été"), ("\0\0", "\0"),
    ("\0", "a"), ("\U0010ffff\U0010ffff", "\U0010ffff"), ("ab cd", "abcd"), ("𝒳𝒴𝒵", "𝒵𝒴𝒳"), ("日本", "日本語"), ("中", "中"), ("x" * 300, "x" * 299),
]


def damaged(rng, text):
    """The text with some words or characters taken out, doubled, swapped or put in."""
    separator = " " if text.count(" ") > 3 and rng.random() < 0.7 else ""
    parts = text.split(" ") if separator else list(text)
    for _ in range(rng.randint(0, max(1, len(parts) // 3))):
        place, kind = rng.randrange(len(parts) + 1), rng.random()
        if kind < 0.3:
            del parts[place : place + 1]
        elif kind < 0.5 and parts:
            parts.insert(place, rng.choice(parts))
        elif kind < 0.6:
            parts[place : place + 2] = parts[place : place + 2][::-1]
        else:
            parts.insert(place, rng.choice(SPACES) if separator else rng.choice(rng.choice(SENTENCES)))
    return separator.join(parts)


def anything(rng):
    pool = [chr(rng.choice([rng.randrange(1, 0xD800), rng.randrange(0xE000, 0x110000), rng.randrange(32, 127)])) for _ in range(4)] + SPACES[:3]
    return "".join(rng.choice(pool) for _ in range(rng.choice([0, 1, 2, 3, 5, 6, 7, 12, 40])))


def main():
    rng = random.Random(11)
    pairs = list(BY_HAND)
    for space in [chr(c) for c in range(0x110000) if chr(c).isspace()] + ["\u200b", "\u180e", "\ufeff"]:
        pairs.append((f"ab{space}cd", "abcd"))
    for sentence in SENTENCES:
        for _ in range(32):
            pairs.append((sentence, damaged(rng, sentence)))
        pairs.append((sentence, rng.choice(SENTENCES)))
    for _ in range(200):
        reference = anything(rng)
        pairs.append((reference, damaged(rng, reference) if reference and rng.random() < 0.7 else anything(rng)))
    metric = CHRF()
    head = json.dumps({"sacrebleu": version("sacrebleu")})
    with open(Path(__file__).parent / "pairs.jsonl", "w", encoding="utf-8") as file:
        print(head, file=file)
        for reference, candidate in pairs:
            row = {"reference": reference, "candidate": candidate, "score": metric.sentence_score(candidate, [reference]).score}
            print(json.dumps(row, ensure_ascii=False), file=file)
    with open(Path(__file__).parent / "corpora.jsonl", "w", encoding="utf-8") as file:
        print(head, file=file)
        ranges = [(0, len(pairs)), (0, 1), (0, 3)] + [sorted(rng.sample(range(len(pairs) + 1), 2)) for _ in range(100)]
        for first, end in ranges:
            part = pairs[first:end]
            score = metric.corpus_score([candidate for _, candidate in part], [[reference for reference, _ in part]]).score
            print(json.dumps({"first": first, "end": end, "score": score}), file=file)


main()
