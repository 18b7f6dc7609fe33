"""Expands productions: `{a|b}` picks one, `[a]` is kept half of the time, `<name>` is a fact or a production of another bank.

Draws go through `Draw`, which uses only `random.Random.random()`: the one method whose sequence Python promises to keep.
"""

import random

OPEN, CLOSE = "\x02", "\x03"


class Draw:
    """A seeded source of choices."""

    def __init__(self, seed):
        self.source = random.Random(seed)

    def chance(self, probability):
        return self.source.random() < probability

    def below(self, count):
        return int(self.source.random() * count)

    def pick(self, items):
        return items[self.below(len(items))]

    def weighted(self, items):
        """Picks from [(item, weight)]."""
        rest = self.source.random() * sum(weight for _, weight in items)
        for item, weight in items:
            rest -= weight
            if rest < 0:
                return item
        return items[-1][0]

    def shuffled(self, items):
        items = list(items)
        for last in range(len(items) - 1, 0, -1):
            other = self.below(last + 1)
            items[last], items[other] = items[other], items[last]
        return items


class Teller:
    """Turns productions into text about one set of facts, and remembers in `told` which facts it has mentioned.

    Facts come out between OPEN and CLOSE, so that later changes to the text can spare them.
    """

    def __init__(self, facts, banks, draw):
        self.facts, self.banks, self.draw = facts, banks, draw
        self.told = set()

    def tell(self, production):
        text, rest = self._sequence(production, 0, "")
        assert rest == len(production), f"unbalanced brackets in {production!r}"
        return text

    def _sequence(self, text, at, stops):
        """The expansion from `at` to the first of `stops`, and where that is. What is not picked is expanded too, but not told."""
        out = []
        while at < len(text) and text[at] not in stops:
            symbol = text[at]
            if symbol in "{[":
                close = "}" if symbol == "{" else "]"
                options = []
                while text[at] != close:
                    before = set(self.told)
                    option, at = self._sequence(text, at + 1, "|}" if symbol == "{" else "]")
                    options.append((option, self.told))
                    self.told = before
                if symbol == "[":
                    options.append(("", self.told))
                option, self.told = self.draw.pick(options)
                out.append(option)
                at += 1
            elif symbol == "<":
                end = text.index(">", at)
                name = text[at + 1 : end]
                if name in self.banks:
                    out.append(self.tell(self.draw.pick(self.banks[name])))
                else:
                    self.told = self.told | {name}
                    out.append(f"{OPEN}{self.facts[name]}{CLOSE}")
                at = end + 1
            else:
                out.append(symbol)
                at += 1
        return "".join(out), at
