"""How the lexicon grades the labelled cases: `python bench/risk_table.py`; --misses shows those of the dev sets."""

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).parent.parent))

from escalation.risk import Lexicon, Risk, Tier, grade, load_lexicon
from tests.escalation.disguises import HASTE, HESITATION, OBFUSCATIONS, Disguise

CASES = Path(__file__).parent.parent / "tests" / "escalation" / "cases"
HALVES = ("dev", "dev2", "dev3", "dev4", "dev6", "dev7", "dev5", "held3", "held4")
SLIPS = 5


@dataclass(frozen=True)
class Graded:
    """One case as labelled, and what the lexicon makes of it."""

    id: str
    category: str
    wanted: Tier
    subject: str
    turns: tuple[str, ...]
    risk: Risk


def cases(half: str, lexicon: Lexicon) -> list[Graded]:
    """The cases of one half, graded."""
    found = []
    for line in (CASES / f"{half}.jsonl").read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        turns = tuple(case["turns"])
        found.append(
            Graded(
                case["id"], case["category"], Tier.parse(case["tier"]), case["subject"], turns, grade(turns, lexicon)
            )
        )
    return found


def confusion(graded: Iterable[Graded]) -> str:
    """Rows: category and the tier it is labelled with; columns: the tier it was given."""
    counts: dict[tuple[str, Tier], Counter[Tier]] = {}
    for each in graded:
        counts.setdefault((each.category, each.wanted), Counter())[each.risk.tier] += 1
    lines = [f"{'category':12} {'labelled':9} {'cases':>5} " + " ".join(f"{t!s:>8}" for t in Tier) + "   >= label"]
    for (category, wanted), row in sorted(counts.items()):
        total = sum(row.values())
        reached = sum(count for tier, count in row.items() if tier >= wanted)
        cells = " ".join(f"{row[tier]:8}" for tier in Tier)
        lines.append(f"{category:12} {wanted!s:9} {total:5} {cells}   {reached / total:7.1%}")
    return "\n".join(lines)


def share(graded: Iterable[Graded], at_least: Tier) -> str:
    """How many of them reach a tier."""
    found = [each.risk.tier >= at_least for each in graded]
    return f"{sum(found) / len(found):6.1%} of {len(found)}" if found else "no cases"


def goals(graded: list[Graded]) -> str:
    """The figures that the lexicon is judged by."""

    def of(*categories: str, wanted: Tier | None = None) -> list[Graded]:
        return [e for e in graded if e.category in categories and (wanted is None or e.wanted is wanted)]

    english = ("imminent", "violence", "convo")
    spanish = [e for e in of("spanish") if e.wanted > Tier.NONE]
    others = [e for e in graded if e.subject == "other"]
    rows = [
        ("imminent, as at least high", share(of(*english, wanted=Tier.IMMINENT), Tier.HIGH)),
        ("imminent, as imminent", share(of(*english, wanted=Tier.IMMINENT), Tier.IMMINENT)),
        ("high, as at least elevated", share(of("high", "violence", wanted=Tier.HIGH), Tier.ELEVATED)),
        ("high, as at least high", share(of("high", "violence", wanted=Tier.HIGH), Tier.HIGH)),
        ("not wanting to live, as high", share(of("dontlive"), Tier.HIGH)),
        ("elevated, as at least elevated", share(of("elevated"), Tier.ELEVATED)),
        ("oblique, as at least elevated", share(of("oblique"), Tier.ELEVATED)),
        ("third party, at or above label", _reached(others)),
        ("third party, subject other", _portion(e.risk.subject == "other" for e in others)),
        ("Spanish, at or above label", _reached(spanish)),
        ("idioms flagged", share(of("idiom"), Tier.ELEVATED)),
        ("plain denials graded high", share(of("denial"), Tier.HIGH)),
        ("distress without risk flagged", share(of("distress"), Tier.ELEVATED)),
        ("everyday messages, elevated or above", share(of("everyday"), Tier.ELEVATED)),
    ]
    return "\n".join(f"{name:40} {value}" for name, value in rows)


def _reached(graded: list[Graded]) -> str:
    return _portion(each.risk.tier >= each.wanted for each in graded)


def _portion(found: Iterable[bool]) -> str:
    answers = list(found)
    return f"{sum(answers) / len(answers):6.1%} of {len(answers)}" if answers else "no cases"


def kept(graded: Iterable[Graded], disguises: Mapping[str, Disguise], lexicon: Lexicon, times: int = 1) -> str:
    """Of the single English messages caught clean, how many keep their tier in disguise."""
    rows = []
    caught = [e for e in graded if e.risk.tier > Tier.NONE and e.wanted > Tier.NONE and e.category != "spanish"]
    for name, disguise in disguises.items():
        random = Random(name)  # noqa: S311 - a fixed seed, for figures that repeat
        answers = [
            grade([disguise(turn, random) for turn in each.turns], lexicon).tier >= each.risk.tier
            for each in caught
            for _ in range(times)
        ]
        rows.append(f"{name:40} {_portion(answers)}")
    return "\n".join(rows)


def speed(graded: Iterable[Graded], lexicon: Lexicon) -> str:
    """Milliseconds of processor time to grade one message."""
    took = []
    for each in graded:
        for turn in each.turns:
            begun = time.thread_time()
            grade([turn], lexicon)
            took.append((time.thread_time() - begun) * 1000)
    took.sort()
    return f"{'one message, milliseconds':40} p50 {took[len(took) // 2]:.2f}, p99 {took[int(len(took) * 0.99)]:.2f}"


def main() -> int:
    """Print the tables of every set, or of one; only those that may be tuned on show their misses."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--half", choices=HALVES)
    parser.add_argument("--misses", action="store_true", help="list what goes wrong in the sets it may be tuned on")
    asked = parser.parse_args()
    lexicon = load_lexicon()
    out = [f"lexicon {lexicon.version}"]
    for half in [asked.half] if asked.half else HALVES:
        graded = cases(half, lexicon)
        out += [f"\n== {half}: {len(graded)} cases", confusion(graded), "", goals(graded)]
        out += [kept(graded, OBFUSCATIONS, lexicon), kept(graded, HASTE, lexicon, SLIPS)]
        out += [kept(graded, HESITATION, lexicon, SLIPS), speed(graded, lexicon)]
        if asked.misses and half.startswith("dev"):
            out += [
                f"{e.id:14} wanted {e.wanted!s:9} got {e.risk.tier!s:9} {e.risk.subject!s:6} {' || '.join(e.turns)}"
                for e in graded
                if e.risk.tier != e.wanted or e.risk.subject != e.subject
            ]
    sys.stdout.write("\n".join(out) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
