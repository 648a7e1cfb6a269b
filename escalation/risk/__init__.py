"""How grave are these words: a pure reading of a caller's messages, whose only effect is to bring help sooner."""

from escalation.risk.carried import Seen, from_json, go_on, last_of, to_json
from escalation.risk.grading import grade
from escalation.risk.lexicon import Lexicon
from escalation.risk.loading import load_lexicon
from escalation.risk.tables import LexiconError
from escalation.risk.verdict import Hit, Risk, Subject, Tier

__all__ = [
    "Hit",
    "Lexicon",
    "LexiconError",
    "Risk",
    "Seen",
    "Subject",
    "Tier",
    "from_json",
    "go_on",
    "grade",
    "last_of",
    "load_lexicon",
    "to_json",
]
