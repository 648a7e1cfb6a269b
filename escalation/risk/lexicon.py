"""The lexicon as grading uses it: how people speak of danger, compiled."""

from collections.abc import Mapping
from dataclasses import dataclass

from escalation.risk.notation import Speech
from escalation.risk.persons import Persons
from escalation.risk.second_opinion import SecondOpinion
from escalation.risk.verdict import Subject, Tier
from escalation.risk.wording import Vocabulary


@dataclass(frozen=True, slots=True)
class Slot:
    """One kind of thing people say, of oneself, of another or of nobody; not where `unless` is said."""

    name: str
    subject: Subject | None
    speech: Speech
    unless: Speech | None


@dataclass(frozen=True, slots=True)
class Aside:
    """Words taken out before slots are looked for, where `unless` is not said: idiom, grief, fiction.

    `along` names slots that the message must hold besides.
    """

    name: str
    along: frozenset[str]
    speech: Speech
    unless: Speech | None


@dataclass(frozen=True, slots=True)
class Rule:
    """`needs`: for each member, one sighting of any of its slots, all within the last `turns` turns.

    Besides, `at_least` different ones of `signs`.
    """

    name: str
    tier: Tier
    needs: tuple[frozenset[str], ...]
    turns: int
    signs: tuple[str, ...]
    at_least: int

    @property
    def slots(self) -> frozenset[str]:
        """Every slot that may serve the rule."""
        return frozenset(self.signs).union(*self.needs)


@dataclass(frozen=True, slots=True)
class Negation:
    """What before a finding denies it, or passes it on from another; and the words that set a contrast after it."""

    before: Speech
    before_clause: Speech
    reported: Speech
    contrast: frozenset[bytes]


@dataclass(frozen=True, slots=True)
class Example:
    """A sentence from the lexicon's own tests: `holds` says whether slot or rule `name` must be found in it."""

    name: str
    text: str
    holds: bool
    file: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Lexicon:
    """Everything `grade` needs; `version` is the stated version and a short hash of the content.

    `kinds` names the kind of a word; without an `opinion` the rules decide alone.
    """

    version: str
    vocabulary: Vocabulary
    slots: tuple[Slot, ...]
    asides: tuple[Aside, ...]
    rules: tuple[Rule, ...]
    negation: Negation
    persons: Persons
    grave: frozenset[str]
    examples: tuple[Example, ...]
    kinds: Mapping[str, str]
    opinion: SecondOpinion | None
