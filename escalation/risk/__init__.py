"""How grave are these words: a pure reading of a caller's messages, whose only effect is to bring help sooner."""

from escalation.risk.grading import grade
from escalation.risk.lexicon import Lexicon
from escalation.risk.loading import load_lexicon
from escalation.risk.tables import LexiconError
from escalation.risk.verdict import Hit, Risk, Subject, Tier

__all__ = ["Hit", "Lexicon", "LexiconError", "Risk", "Subject", "Tier", "grade", "load_lexicon"]
