"""What a text about somebody in danger says, and what is words for a caller."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webhooks.danger_commands import Wish, read


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("steps a", Wish("steps", "A", None, "")),
        ("Steps 7", Wish("steps", None, 7, "")),
        ("STEPS #7", Wish("steps", None, 7, "")),
        ("tried a 2 no", Wish("tried", "A", None, "2 no")),
        ("send 7 they do not answer\nany more", Wish("send", None, 7, "they do not answer\nany more")),
        ("place A: 12 Elm Street, third floor", Wish("place", "A", None, "12 Elm Street, third floor")),
        ("end 7 safe a friend is there", Wish("end", None, 7, "safe a friend is there")),
        ("danger a", Wish("danger", "A", None, "")),
        ("decline 7 not yet", Wish("decline", None, 7, "not yet")),
        ("decline A", None),  # an offer by text
        ("decline", None),
        ("sending you somebody", None),
        ("send me a picture", None),
        ("end", None),
        ("act now", None),
        ("A: steps a", None),
        ("steps 1234567890", None),
    ],
)
def test_a_text_is_read_as_it_is_meant(text: str, wish: Wish | None) -> None:
    assert read(text, in_conversation=False) == wish


@pytest.mark.parametrize(
    "text",
    ["Send a friend a message", "place a pillow under your head", "Act a little", "end 3 safe", "Tried A 2 NO"],
)
def test_in_a_conversation_what_is_not_in_capitals_is_words_for_the_caller(text: str) -> None:
    assert read(text, in_conversation=True) is None


def test_in_a_conversation_capitals_are_a_command() -> None:
    assert read("TRIED A 2 no", in_conversation=True) == Wish("tried", "A", None, "2 no")


@given(st.text(max_size=120), st.booleans())
def test_any_text_is_either_a_wish_about_one_rescue_or_none(text: str, in_conversation: bool) -> None:
    wish = read(text, in_conversation=in_conversation)
    if wish is not None:
        assert (wish.tag is None) != (wish.number is None)
        assert wish.handle
