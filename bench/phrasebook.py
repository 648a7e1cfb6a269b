"""Invented messages composed from the frames in `bench/phrasebook/`: `python bench/phrasebook.py --each 40 > FILE`.

A frame is words with choices: `(a|b)` either, `[a]` perhaps, `{class}` any phrase of that class. The same folder gives
the same messages, as labelled cases in JSON lines. They teach what words may stand for one another; they judge nothing.
"""

import argparse
import json
import re
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any

FOLDER = Path(__file__).parent / "phrasebook"
LABELS = {"oblique": "elevated"} | dict.fromkeys(("everyday", "idiom", "distress", "denial", "spanish"), "none")
_INNERMOST = re.compile(r"\{([a-z]+)\}|\(([^()\[\]{}]*)\)|\[([^()\[\]{}]*)\]")


def composed(each: int, folder: Path = FOLDER) -> Iterator[dict[str, Any]]:
    """At most `each` different messages of every frame, labelled with the tier and the subject of its list."""
    tables = [tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.toml"))]
    classes = {name: given for table in tables for name, given in table.get("classes", {}).items()}
    lists = [(name, frame) for table in tables for name, given in table.get("frames", {}).items() for frame in given]
    for number, (name, frame) in enumerate(lists):
        tier, _, other = name.partition("_")
        random = Random(frame)  # noqa: S311 - the same frame always gives the same messages
        said = dict.fromkeys(one(frame, classes, random) for _ in range(each))
        for at, text in enumerate(said):
            yield {
                "id": f"phrasebook-{number}.{at}",
                "category": tier,
                "tier": LABELS.get(tier, tier),
                "subject": other or "self",
                "turns": [text],
            }


def one(frame: str, classes: Mapping[str, Sequence[str]], random: Random) -> str:
    """One message of a frame. Raises KeyError for a class that nobody defined."""

    def chosen(found: re.Match[str]) -> str:
        name, either, perhaps = found.groups()
        if name:
            return random.choice(classes[name])
        if either is not None:
            return random.choice(either.split("|"))
        return random.choice((perhaps, ""))

    while (shorter := _INNERMOST.sub(chosen, frame)) != frame:
        frame = shorter
    return " ".join(frame.split())


def main() -> int:
    """Print the messages."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--each", type=int, default=40, help="messages of every frame")
    for case in composed(parser.parse_args().each):
        sys.stdout.write(json.dumps(case, ensure_ascii=False) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
