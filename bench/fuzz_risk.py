"""Throw bytes at the grading of words: `pip install atheris`, then `python bench/fuzz_risk.py -max_total_time=300`.

Nothing may make it fail; what counted lies within the text; a sentence of imminent danger, sent as one more message or
as one more line, is imminent whatever went before.
"""

import sys
from pathlib import Path

import atheris

sys.path.insert(0, str(Path(__file__).parent.parent))

with atheris.instrument_imports(include=["escalation.risk"]):
    from escalation.risk import Tier, grade, load_lexicon

LEXICON = load_lexicon()
LAST = "i took all of my pills"


def one(data: bytes) -> None:
    """Grade one invented conversation."""
    provider = atheris.FuzzedDataProvider(data)
    turns = [provider.ConsumeUnicodeNoSurrogates(400) for _ in range(provider.ConsumeIntInRange(1, 3))]
    risk = grade(turns, LEXICON)
    for hit in risk.rules:
        if not 0 <= hit.start < hit.end <= len(turns[hit.turn]):
            raise RuntimeError("what counted lies outside the text")
    if grade([*turns, LAST], LEXICON).tier is not Tier.IMMINENT:
        raise RuntimeError("imminent danger was lost behind what went before")
    if grade([f"{turns[-1]}\n{LAST}"], LEXICON).tier is not Tier.IMMINENT:
        raise RuntimeError("imminent danger was lost behind what stands before it")


def main() -> int:
    """Fuzz until libFuzzer's limits are reached."""
    atheris.Setup(sys.argv, one)
    atheris.Fuzz()
    return 0


if __name__ == "__main__":
    sys.exit(main())
