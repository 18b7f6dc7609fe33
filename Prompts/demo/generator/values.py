"""The things that messages are about: people, products, numbers, days. A sixth of each list is held out for `valid.jsonl`: a value
of a held-out message is, now and then, one that no training message has. Numbers of held-out messages are never seen in training."""

from dataclasses import dataclass

FIRST = """Maria James Olivia Daniel Priya Tom Aisha Ben Chloe Marcus Elena Peter Grace Hassan Julia Kevin Laura Miguel Nadia Oscar
Rachel Samuel Tara Victor Wendy Yusuf Zoe Adam Bianca Carlos Diana Erik Fatima George Hannah Ivan Jenny Karl Lucy Martin
Nina Omar Paula Quinn Robert Sofia Theo Ursula Vera Walter Amy Brian Clara Dominic Emma Felix Gloria Henry Irene Jack
Kate Leo Mona Nathan Ola Philip Rosa Simon Tina Vincent Alice Boris Cindy David Esther Frank Gina Hugo Ines Jonas
Kira Liam Molly Noah Ottilie Pedro Ruth Stefan Thelma Uma Violet Wes Ximena Yara Zack Anders Beth Cyrus Dora Ethan""".split()

LAST = """Lopez Turner Nguyen Schmidt Patel Walsh Khan Miller Dubois Green Petrova Jensen Okafor Rahman Weiss Doyle Santos Rivera
Haddad Lindgren Cohen Brooks Murphy Novak Price Aydin Baker Castro Dunn Eriksson Farah Grant Hughes Ibrahim Jones Keller
Lambert Moreau Nolan Owens Parker Quigley Rossi Silva Tanaka Underwood Vargas Wagner Young Zimmer Abbott Bishop Clarke
Dawson Ellis Foster Gibson Harvey Ingram Jacobs Kaur Lawson Mason Norris Olsen Pearson Reid Sharma Thomas Vance Webb
Xu Yates Zeller Archer Barnes Cole Dixon Evans Fischer Garner Holt Iversen Joshi Kemp Lowe Marsh Nash Osborne Pratt
Rowe Stone Tate Usher Voss Wilde York Ashby Blake Cross""".split()

COLOURS = "blue red green black white grey silver yellow purple brown pink orange navy cream small large".split()


@dataclass(frozen=True)
class Kind:
    """Products of one kind: adjectives beside the colours, nouns, the parts that can be missing, the defects they can have."""

    adjectives: list
    nouns: str
    parts: list
    defects: list


KINDS = [
    Kind(
        "cordless electric mini portable steel digital compact".split(),
        """kettle|toaster|desk lamp|blender|coffee grinder|keyboard|alarm clock|hair dryer|drill|bike light|fan|heater|vacuum cleaner|iron|
rice cooker|lawn mower|baby monitor|speaker|radio|charger|printer|router|webcam|mixer|juicer|waffle maker|night light|food scale""",
        "lid|charger|manual|power cable|back panel|remote|filter|battery|plug|adapter|cover|stand".split("|"),
        ["cracked", "scratched", "will not switch on", "makes a loud noise", "smells of smoke"],
    ),
    Kind(
        "wooden folding oak pine round tall padded metal bamboo garden".split(),
        """office chair|bookshelf|side table|dining table|bench|stool|wardrobe|bed frame|mirror|ladder|high chair|coat stand|shoe rack|
desk|sideboard|armchair|picture frame|guitar stand|cat tree|bird feeder|plant stand|magazine rack|cabinet|tripod""",
        "manual|left handle|screw bag|back panel|shelf pin|inner tray|allen key|base plate|top board|cushion|bracket|rubber foot".split("|"),
        ["cracked", "scratched", "one leg loose", "colour comes off"],
    ),
    Kind(
        "leather cotton velvet striped linen woollen padded long quilted waxed".split(),
        """backpack|rain jacket|phone case|sofa cover|lunch box|yoga mat|tent|sleeping bag|winter coat|scarf|sun hat|wallet|rug|pillow|duvet|
laptop sleeve|camera bag|watch strap|dress|shirt|sweater|apron|dog bed|hammock|blanket|bath mat|handbag|tablecloth|raincoat|belt""",
        "strap|zip pull|belt|cover|zip bag|hood|inner bag|spare button|lining|buckle|care label|carry bag".split("|"),
        ["seam torn", "colour comes off"],
    ),
    Kind(
        "glass ceramic steel bamboo travel kitchen plastic enamel tall".split(),
        """teapot|water bottle|garden hose|mug|salad bowl|vase|plant pot|cool box|coffee pot|soup bowl|watering can|soap dish|milk jug|
thermos|fish tank|butter dish|bucket|sugar bowl|shower head|tea set|flower box|carafe""",
        "lid|handle|stand|filter|seal|base|spout|cork|strap|manual|saucer|box".split("|"),
        ["cracked", "scratched", "leaks", "colour comes off"],
    ),
]

CITIES = """Leeds Boston Dublin Denver Bristol Austin Oslo Seattle Glasgow Toronto Cardiff Chicago Berlin Portland Lisbon Dallas
Norwich Phoenix Sydney Perth York Utrecht Madison Ghent Cork Tampa Malmo Exeter Tucson Bergen""".split()

STREETS = """Mill|Church|Station|Park|King|Elm|Maple|River|Castle|Bridge|Orchard|Hill|Victoria|Chestnut|Garden|Harbour|Forest|
Windsor|Spring|Abbey|Meadow|Willow|Canal|Market|Juniper|Lark|Quarry|Tower|Walnut|Bishop""".replace("\n", "").split("|")

PLANS = """Family|Plus|Basic|Premium|Student|Starter|Gold|Team|Duo|Weekend|Annual|Home|Solo|Pro|Junior|Silver""".replace("\n", "").split("|")

CODES = """SPRING WELCOME HELLO SUMMER BDAY EXTRA THANKS AUTUMN FRIEND MONDAY SAVE COZY FLASH SUNNY TREAT VIP GIFT LOYAL BLOOM FRESH""".split()

ONSETS = "b bl br c ch cl cr d dr f fl fr g gl gr h j k kn l m n p pl pr qu r s sc sh sk sl sm sn sp st str t th tr v w wh y z".split()
VOWELS = "a e i o u ai ea ee ie oa oo ou au ay ey".split()
CODAS = "b ck d ff g ge k l ll lt m mp n nd ng nt p r rd rk rn rt s sh ss st t tt w x y z".split() + [""]

MONTHS = "January February March April May June July August September October November December".split()
WEEKDAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()


class Values:
    """Draws values of one side of the split: those to train on, or those held out."""

    def __init__(self, draw, held_out=False, invented=0.0):
        """`held_out` chooses the side of the split.

        `invented` is the share of values that are made-up words: whoever learns from them learns to copy, not to choose from a list.
        """
        self.draw, self.held_out, self.invented = draw, held_out, invented

    def of(self, items):
        """An item of this side: every sixth of a list is held out, and 15 of 100 values of held-out messages come from there."""
        if self.draw.chance(self.invented):
            word = "".join(self.draw.pick(ONSETS) + self.draw.pick(VOWELS) for _ in range(1 + self.draw.below(3))) + self.draw.pick(CODAS)
            return word.upper() if items[0].isupper() else word.capitalize() if items[0][0].isupper() else word
        held = self.held_out and self.draw.chance(0.15)
        side = [item for index, item in enumerate(items) if (index % 6 == 5) == held]
        return self.draw.pick(side)

    def number(self, digits):
        """A number without leading zero whose digits all differ; numbers whose sum of digits is divisible by 6 are held out."""
        while True:
            chosen = self.draw.shuffled("0123456789")[:digits]
            if chosen[0] != "0" and (sum(map(int, chosen)) % 6 == 0) == self.held_out:
                return "".join(chosen)

    def first_name(self):
        return self.of(FIRST)

    def full_name(self):
        return f"{self.of(FIRST)} {self.of(LAST)}"

    def kind(self):
        return self.draw.pick(KINDS)

    def product(self, kind):
        noun = self.of(kind.nouns.replace("\n", "").split("|"))
        return noun if self.draw.chance(0.15) else f"{self.of(COLOURS + kind.adjectives)} {noun}"

    def amount(self):
        sign = self.draw.weighted([("$", 6), ("£", 3), ("€", 1)])
        units = self.draw.weighted([(3 + self.draw.below(97), 5), (100 + self.draw.below(420), 1)])
        cents = self.draw.weighted([("", 3), (".50", 2), (".99", 3), (f".{10 + self.draw.below(90)}", 3)])
        return f"{sign}{units}{cents}"

    def day(self):
        """A day as people write it: `12 May`, `May 12`."""
        number, month = 1 + self.draw.below(28), self.draw.pick(MONTHS)
        return f"{number} {month}" if self.draw.chance(0.55) else f"{month} {number}"

    def near_day(self):
        """A day or a weekday."""
        return self.draw.pick(WEEKDAYS) if self.draw.chance(0.35) else self.day()

    def city(self):
        return self.of(CITIES)

    def plan(self):
        return self.of(PLANS)

    def address(self):
        kind = self.draw.pick(["Street", "Road", "Lane", "Avenue", "Close", "Drive"])
        return f"{1 + self.draw.below(199)} {self.of(STREETS)} {kind}"

    def user_name(self):
        first, last = self.of(FIRST).lower(), self.of(LAST).lower()
        number = 10 + self.draw.below(90)
        shapes = [f"{first}{number}", f"{first[0]}{last}{number}", f"{first}.{last}", f"{first}_{last[0]}{number}", f"{last}{number}"]
        return self.draw.pick(shapes)

    def code(self):
        return f"{self.of(CODES)}{self.draw.pick([5, 10, 15, 20, 25, 30])}"
