"""Milliseconds of processor time to grade one message, by kind and length: `python bench/risk_time.py`."""

import gc
import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from escalation.risk import Lexicon, grade, load_lexicon

CASES = Path(__file__).parent.parent / "tests" / "escalation" / "cases"
LENGTHS = (20, 80, 160, 500, 1000, 2000)
TIMES = 100  # messages of each length
HOSTILE = {
    "10 kB of combining marks": "i want to kill myself" + "\u0301" * 10_000,
    "words of danger": "i want to die " * 143,
    "denials": "i dont want to kill myself but " * 65,
    "dotted letters": "k.i.l.l. " * 222,
    "letters apart": "k i l l " * 250,
    "pictures": "💊 " * 1000,
    "one letter": "a" * 2000,
    "signs for letters": "k1ll mys3lf " * 167,
}


def messages() -> Iterator[tuple[str, str]]:
    """Invented messages as they are, then run together to each length, then hostile ones; each with its kind."""
    texts = [
        turn
        for name in ("dev2", "dev3", "dev4")
        for line in (CASES / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
        for turn in json.loads(line)["turns"]
    ]
    yield from (("as they are", text) for text in texts)
    joined = ". ".join(texts)
    for length in LENGTHS:
        yield from ((f"{length} characters", joined[at * 613 :][:length]) for at in range(TIMES))
    for kind, text in HOSTILE.items():
        yield from ((kind, text) for _ in range(TIMES))


def took(text: str, lexicon: Lexicon) -> float:
    """Milliseconds, waiting not counted."""
    begun = time.thread_time()
    grade([text], lexicon)
    return (time.thread_time() - begun) * 1000


def main() -> int:
    """Print the middle and the slowest of a hundred of every kind."""
    lexicon = load_lexicon()
    gc.freeze()  # as in the door of the line
    measured: dict[str, list[float]] = {}
    for kind, text in messages():
        measured.setdefault(kind, []).append(took(text, lexicon))
    for kind, times in measured.items():
        times.sort()
        p50, p99 = times[len(times) // 2], times[int(len(times) * 0.99)]
        sys.stdout.write(f"{kind:26} {len(times):5} messages   p50 {p50:6.2f} ms   p99 {p99:6.2f} ms\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
