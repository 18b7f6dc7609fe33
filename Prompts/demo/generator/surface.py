"""How people type: contractions, slips, capitals and punctuation. Facts (between OPEN and CLOSE) are left alone."""

import re

from grammar import CLOSE, OPEN

FACT = re.compile(f"({OPEN}[^{CLOSE}]*{CLOSE})")

CONTRACTIONS = [
    ("I am", "I'm"), ("I would", "I'd"), ("I will", "I'll"), ("it is", "it's"), ("It is", "It's"), ("do not", "don't"), ("does not", "doesn't"),
    ("did not", "didn't"), ("is not", "isn't"), ("was not", "wasn't"), ("has not", "hasn't"), ("have not", "haven't"), ("cannot", "can't"),
    ("could not", "couldn't"), ("would not", "wouldn't"), ("will not", "won't"), ("that is", "that's"), ("we are", "we're"), ("you are", "you're"),
    ("there is", "there's"), ("are not", "aren't"), ("what is", "what's"), ("I have been", "I've been"), ("we have been", "we've been"),
    ("I have moved", "I've moved"), ("I have tried", "I've tried"), ("I have paid", "I've paid"), ("I have looked", "I've looked"),
    ("I have not", "I haven't"), ("it has been", "it's been"), ("It has been", "It's been"), ("We have moved", "We've moved"),
]

MISSPELLINGS = {
    "received": "recieved", "definitely": "definately", "address": "adress", "which": "wich", "until": "untill", "their": "thier",
    "because": "becuase", "believe": "beleive", "package": "pakage", "delivery": "delivry", "ordered": "orderd", "really": "realy",
    "tomorrow": "tommorow", "account": "acount", "please": "pls", "Please": "Pls", "the": "teh", "your": "youre", "arrived": "arived",
    "disappointed": "dissapointed", "money": "mony", "already": "allready", "replacement": "replacment", "weeks": "weaks",
    "subscription": "subscribtion", "password": "pasword", "warranty": "waranty", "business": "buisness", "charged": "chraged", "through": "thru",
    "something": "somthing", "someone": "somone", "nothing": "nothin", "you": "u", "thanks": "thx", "Thanks": "Thx", "tonight": "tonite",
}


def _outside_facts(text, change):
    return "".join(part if part.startswith(OPEN) else change(part) for part in FACT.split(text))


def contract(text, draw, probability):
    def change(part):
        for long, short in CONTRACTIONS:
            part = re.sub(rf"\b{long}\b(?= \w)", lambda match: short if draw.chance(probability) else match.group(), part)
        return part

    return _outside_facts(text, change)


def drop_apostrophes(text, draw, probability):
    return _outside_facts(text, lambda part: re.sub(r"(?<=n)'(?=t\b)|(?<=I)'(?=m\b|ve\b)", lambda _: "" if draw.chance(probability) else "'", part))


def misspell(text, draw, probability):
    """Known misspellings, and now and then two letters swapped, one lost or one doubled."""

    def word(match):
        found = match.group()
        if not draw.chance(probability):
            return found
        if found in MISSPELLINGS:
            return MISSPELLINGS[found]
        if len(found) < 5 or not draw.chance(0.35):
            return found
        at, kind = 1 + draw.below(len(found) - 3), draw.below(3)
        return [found[:at] + found[at + 1] + found[at] + found[at + 2 :], found[:at] + found[at + 1 :], found[:at] + found[at] + found[at:]][kind]

    return _outside_facts(text, lambda part: re.sub(r"(?<!')\b[A-Za-z]+\b(?!')", word, part))


def shout(text, draw):
    """One word in capitals."""
    words = [match for match in re.finditer(r"\b(still|never|not|nothing|twice|again|very|really|now|broken|wrong|late|weeks|days)\b", text)]
    if not words:
        return text
    chosen = draw.pick(words)
    return text[: chosen.start()] + chosen.group().upper() + text[chosen.end() :]


def capitalise(text):
    """A capital at the start and after sentence ends; facts keep theirs."""
    return re.sub(r"(^|(?<!\bno)(?<!\bnr)[.!?]\s+|\n)([a-z])", lambda match: match.group(1) + match.group(2).upper(), text)


def lower(text):
    return _outside_facts(text, str.lower)


def loosen(text, draw):
    """Full stops and commas go missing."""
    text = _outside_facts(text, lambda part: re.sub(r",(?= )", lambda _: "" if draw.chance(0.4) else ",", part))
    return text[:-1] if text.endswith(".") and draw.chance(0.7) else text


def tidy(text):
    """Articles before vowels, spaces and marks that optional parts left behind."""
    text = re.sub(rf"\b([Aa]) (?={OPEN}?[aeioAEIO])", r"\1n ", text)
    text = re.sub(r" +", " ", text)
    text = re.sub(r" +([,.;:!?)])", r"\1", text)
    text = re.sub(r"\( ", "(", text)
    text = re.sub(r",+([.!?])", r"\1", text)
    text = re.sub(r",,+", ",", text)
    text = re.sub(r" *\n *", "\n", text)
    return text.strip()


def plain(text):
    """The text without the marks around facts."""
    return text.replace(OPEN, "").replace(CLOSE, "")
