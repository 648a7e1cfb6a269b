"""A line's policy for imminent danger: least invasive first, and somebody to call for each step that sends."""

from __future__ import annotations

import re

import pytest

from helpline.danger_policy import DANGER_WORDS
from helpline.line import Line, LineError, read_line
from tests.conftest import DEMO_LINE

TEXT = DEMO_LINE.read_text(encoding="utf-8")
TABLE = TEXT[TEXT.index("[danger]") : TEXT.index("[retention]")]
SILENT = re.sub(rf"(?m)^({'|'.join(DANGER_WORDS)}) = .*\n", "", TEXT)
STRANGE = """[[danger.directory]]
step = "a boat"
name = "the boat"
number = "911"
default = true
[[danger.directory]]"""


def complaint(text: str) -> str:
    with pytest.raises(LineError) as found:
        read_line(text)
    return str(found.value)


def test_a_line_without_the_table_keeps_no_rescues_and_needs_no_words_for_them() -> None:
    assert read_line(SILENT.replace(TABLE, "")).danger is None


def test_a_line_with_the_table_needs_every_word_of_it() -> None:
    missing = complaint(SILENT).partition("missing ")[2].split(", ")
    assert set(missing) == DANGER_WORDS


def test_a_line_that_is_audited_and_keeps_no_rescues_needs_no_words_for_them() -> None:
    assert read_line(SILENT.replace(TABLE, "") + "\n[audit]\n").audit is not None


def test_the_demonstration_line_begins_with_staying_and_ends_with_emergency() -> None:
    danger = demo().danger
    assert danger is not None
    assert [step.name for step in danger.help] == ["stay", "safer", "somebody", "crisis team", "emergency"]
    assert [step.sends for step in danger.help] == [False, False, False, True, True]
    assert danger.step(1).name == "stay"


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        (TABLE.replace('name = "safer"', 'name = "stay"'), "two steps have the same name"),
        (TABLE.replace("[[danger.directory]]", STRANGE, 1), "the directory has somebody for 'a boat'"),
        (TABLE.replace('consent = "wanted"\n', 'consent = "wanted"\nsends = true\n', 1), "needs a default"),
        (TABLE.replace('name = "safer"', 'name = "safer"\nsends = true'), "the least invasive comes first"),
        (TABLE.replace("default = true", 'prefix = "+1212"', 1), "needs a default"),
        (TABLE.replace('step = "crisis team"', 'step = "a team"', 1), "needs a default"),
        (TABLE.replace("default = true", "", 1), "it is never found"),
        (TABLE.replace("remind_minutes = 10", "remind_minutes = 0"), "greater than 0"),
        (TABLE.replace('by = "clinician"', 'by = "police"'), "'anyone' or 'clinician'"),
        (TABLE.replace('number = "+12125550191"', 'number = "ring them"'), "match pattern"),
    ],
)
def test_what_cannot_be_is_said_with_its_key(changed: str, says: str) -> None:
    assert changed != TABLE
    found = complaint(TEXT.replace(TABLE, changed))
    assert says in found
    assert "danger" in found


def test_a_line_that_may_send_somebody_has_somebody_to_send() -> None:
    quiet = TABLE[: TABLE.index('[[danger.help]]\nname = "crisis team"')]
    assert "no step sends anybody" in complaint(TEXT.replace(TABLE, quiet))
    never = TEXT.replace('rescue = "with_consent"', 'rescue = "never"')
    assert read_line(never.replace(TABLE, quiet)).danger is not None


def demo() -> Line:
    return read_line(TEXT)
