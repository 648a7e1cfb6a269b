"""One value of the line file, another for one drill: policy is tried before it is changed."""

from __future__ import annotations

import re

from entrypoints.drill.scene import Drill
from entrypoints.drill.vocabulary import step
from helpline.line import LineError


@step("the line's {words} is {words}")
def _amend(drill: Drill, key: str, value: str) -> None:
    drill.rewrite_line(lambda text: amended(text, key, value))


def amended(text: str, key: str, value: str) -> str:
    """The line file `text` with `value`, written as TOML, for the dotted `key`. LineError if it has no such key."""
    table, _, name = key.rpartition(".")
    lines, here, found = text.splitlines(), "", False
    for number, line in enumerate(lines):
        header = re.match(r"\s*\[([^\[\]]+)\]", line)
        if header:
            here = header.group(1).strip()
        elif here == table and re.match(rf"\s*\"?{re.escape(name)}\"?\s*=", line):
            lines[number], found = f"{name} = {value}", True
    if not found:
        raise LineError(f"the line file has no {key}")
    return "\n".join(lines) + "\n"
