"""What a customer can write about."""

from dataclasses import dataclass, field


@dataclass
class Scenario:
    """A kind of message. Every production of `tells` names what happened; what it leaves untold of `required` follows in a sentence of its own."""

    label: str
    required: list
    gold: list
    mood: list
    tells: list
    wishes: list
    optional: list = field(default_factory=list)
    # {how the summary puts it: [productions]}; one of them is told after the first sentence
    issues: dict = field(default_factory=dict)
