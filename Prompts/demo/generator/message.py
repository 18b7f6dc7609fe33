"""Composes one message: what is told, in which order, in whose voice; and the summary that its facts imply."""

import re
from dataclasses import dataclass, replace

import accounts
import moves
import parcels
import surface
from grammar import Teller
from scenario import Scenario
from wishes import WISHES

SCENARIOS = parcels.SCENARIOS + accounts.SCENARIOS


@dataclass(frozen=True)
class Voice:
    """How somebody writes; each number is a probability."""

    greeting: float
    digression: float
    mood: float
    closing: float
    contraction: float
    slip: float
    lower: float = 0
    shout: float = 0


VOICES = [
    (Voice(greeting=0.7, digression=0.3, mood=0.3, closing=0.7, contraction=0.5, slip=0.01), 5),  # plain
    (Voice(greeting=0.95, digression=0.3, mood=0.3, closing=0.95, contraction=0.0, slip=0.0), 3),  # formal
    (Voice(greeting=0.8, digression=0.95, mood=0.5, closing=0.6, contraction=0.8, slip=0.03), 3),  # chatty
    (Voice(greeting=0.15, digression=0.05, mood=0.1, closing=0.2, contraction=0.6, slip=0.02), 3),  # curt
    (Voice(greeting=0.2, digression=0.2, mood=0.9, closing=0.3, contraction=0.7, slip=0.04, shout=0.6), 2),  # angry
    (Voice(greeting=0.4, digression=0.2, mood=0.2, closing=0.3, contraction=0.9, slip=0.12, lower=1), 2),  # thumbs on a telephone
]


@dataclass(frozen=True)
class Written:
    """A message and what it is about."""

    text: str
    scenario: Scenario
    # {slot: the string that the message holds to the letter}
    facts: dict
    issue: str | None
    wish: str

    @property
    def summary(self):
        """`Late parcel, Maria Lopez: order 48213, blue kettle, due 12 May; asks where it is.` What was not told is left out."""
        known, parts = {**self.facts, "issue": self.issue} if self.issue else self.facts, []
        for part in self.scenario.gold:
            if all(slot in known for slot in re.findall(r"{(\w+)}", part)):
                parts.append(part.format(**known))
        name = f", {self.facts['name']}" if "name" in self.facts else ""
        details = f": {', '.join(parts)}" if parts else ""
        return f"{self.scenario.label}{name}{details}{'; ' + self.wish if self.wish else ''}."

    def careless(self, draw):
        """A summary in which facts are left out, as a hurried reader writes it."""
        facts = {slot: value for slot, value in self.facts.items() if draw.chance(0.4)}
        return replace(self, facts=facts, issue=self.issue if draw.chance(0.5) else None, wish=self.wish if draw.chance(0.4) else "").summary


def write(draw, values):
    """A message of 12 to 85 words."""
    while True:
        written = _compose(draw, values)
        if 12 <= len(written.text.split()) <= 85:
            return written


def _facts(values, kind):
    product = values.product(kind)
    other = product
    while other == product:
        other = values.product(values.kind())
    date, newdate = values.near_day(), values.near_day()
    while newdate == date:
        newdate = values.near_day()
    return {
        "order": values.number(5), "product": product, "other": other, "part": values.of(kind.parts), "amount": values.amount(), "date": date, "newdate": newdate,
        "invoice": f"INV-{values.number(4)}", "address": values.address(), "city": values.city(), "user": values.user_name(), "plan": values.plan(),
        "code": values.code(), "staff": values.first_name(), "name": values.full_name() if values.draw.chance(0.5) else values.first_name(),
    }


def _compose(draw, values):
    scenario, voice = draw.pick(SCENARIOS), draw.weighted(VOICES)
    kind = values.kind()
    teller = Teller(_facts(values, kind), moves.BANKS, draw)

    story = [teller.tell(draw.pick(scenario.tells))]
    issue = None
    if scenario.issues:
        issue = draw.pick([name for name in scenario.issues if scenario.issues is not parcels.DEFECTS or name in kind.defects])
        story.append(teller.tell(draw.pick(scenario.issues[issue])))
    untold = [name for name in scenario.required + scenario.optional if name not in teller.told and name in moves.DETAILS]
    details = [teller.tell(draw.pick(moves.DETAILS[name])) for name in untold if name in scenario.required or draw.chance(0.4)]
    wish = draw.pick(scenario.wishes) if scenario.wishes and draw.chance(0.85) else ""
    asked = [teller.tell(draw.pick(WISHES[wish]))] if wish else []

    sentences = _ordered(draw, story, details, asked)
    if draw.chance(voice.mood):
        sentences.insert(1 + draw.below(len(sentences)), teller.tell(draw.pick(moves.MOODS[draw.pick(scenario.mood)])))
    for probability in (voice.digression, voice.digression / 4):
        if draw.chance(probability):
            at = 0 if draw.chance(0.4) else draw.below(len(sentences) + 1)
            sentences.insert(at, teller.tell(draw.pick(moves.DIGRESSIONS)))
    if draw.chance(voice.greeting):
        sentences = _greeted(draw, teller.tell(draw.pick(moves.GREETINGS)), sentences)
    named = draw.chance(0.55)
    if named and draw.chance(0.3):
        sentences.insert(min(1, len(sentences)), teller.tell(draw.pick(moves.SIGNATURES["said"])))
    elif named:
        sentences.append(teller.tell(draw.pick(moves.SIGNATURES["signed"])))
    elif draw.chance(voice.closing):
        sentences.append(("\n" if draw.chance(0.3) else "") + teller.tell("<closing>") + draw.pick([".", "", "!"]))

    facts = {name: value for name, value in teller.facts.items() if name in teller.told}
    return Written(_styled(draw, voice, sentences), scenario, facts, issue, wish)


def _ordered(draw, story, details, asked):
    """The order in which people come to the point."""
    return draw.weighted([
        (story + details + asked, 5), (details + story + asked, 2), (asked + story + details, 2), (story[:1] + details + story[1:] + asked, 2), (story + asked + details, 3),
    ])


def _greeted(draw, greeting, sentences):
    """After a comma the first sentence goes on in the same line with a small letter, or starts a new one."""
    first = sentences[0]
    if greeting.endswith(","):
        if draw.chance(0.4):
            first = "\n" + first
        elif not first.startswith(("I ", "I'")):
            first = first[:1].lower() + first[1:]
    return [greeting, first] + sentences[1:]


def _styled(draw, voice, sentences):
    sentences = [sentence[:-1] + "." if sentence.startswith("Please") and sentence.endswith("?") else sentence for sentence in sentences]
    text = surface.capitalise(surface.tidy(" ".join(sentences)))
    text = surface.contract(text, draw, voice.contraction)
    text = surface.misspell(text, draw, voice.slip)
    if draw.chance(voice.shout):
        text = surface.shout(text, draw)
    if draw.chance(voice.lower):
        text = surface.drop_apostrophes(surface.lower(text), draw, 0.6)
        text = surface.loosen(text, draw)
    return surface.plain(text)
