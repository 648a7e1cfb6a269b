"""What holds of the reading of danger whatever anybody writes to the helpline."""

from __future__ import annotations

import sys
from types import FrameType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from escalation.risk import Lexicon, Tier, grade

IMMINENT = ("i took all of my pills", "im going to kill myself tonight", "me tragué todas las pastillas")
SAID = (
    "i want to die", "tonight", "hello?", "no", "i would never kill myself", "lol", "everyone is better off without me",
    "my brother has a gun", "this exam is killing me", "quiero matarme", "mañana", "not", "my phone died", "but", "...",
    "goodbye", "where are you", "i cant do this anymore", "i've got the pills out", "no quiero vivir",
)  # fmt: skip
INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u034f"
COMBINING = "\u0300\u0301\u0308\u0327\u0336\u0489"

anything = st.text(max_size=200)
speech = st.lists(st.sampled_from(SAID), min_size=1, max_size=4).map(" ".join)
turns = st.lists(anything | speech, max_size=6)


@settings(deadline=None)
@given(turns)
def test_no_text_makes_it_fail_and_what_counted_lies_in_the_text(lexicon: Lexicon, said: list[str]) -> None:
    risk = grade(said, lexicon)

    assert risk.tier == max((hit.tier for hit in risk.rules), default=Tier.NONE)
    for hit in risk.rules:
        assert 0 <= hit.start < hit.end <= len(said[hit.turn])


@settings(deadline=None)
@given(turns)
def test_the_same_words_are_graded_the_same(lexicon: Lexicon, said: list[str]) -> None:
    assert grade(said, lexicon) == grade(list(said), lexicon)


@settings(deadline=None)
@given(turns, anything | speech)
def test_another_message_never_lowers_the_tier(lexicon: Lexicon, said: list[str], more: str) -> None:
    assert grade([*said, more], lexicon).tier >= grade(said, lexicon).tier


@settings(deadline=None)
@given(turns, st.sampled_from(IMMINENT))
def test_a_message_of_imminent_danger_is_imminent_whatever_went_before(
    lexicon: Lexicon, said: list[str], last: str
) -> None:
    assert grade([*said, last], lexicon).tier is Tier.IMMINENT


@settings(deadline=None)
@given(speech, st.sampled_from(IMMINENT))
def test_a_sentence_of_imminent_danger_counts_at_the_end_of_any_message(
    lexicon: Lexicon, words: str, last: str
) -> None:
    assert grade([f"{words}\n{last}"], lexicon).tier is Tier.IMMINENT


@settings(deadline=None)
@given(speech, st.data())
def test_what_cannot_be_seen_changes_nothing(lexicon: Lexicon, words: str, data: st.DataObject) -> None:
    noise = data.draw(st.lists(st.sampled_from(["", *INVISIBLE, *COMBINING]), min_size=len(words), max_size=len(words)))
    noisy = "".join(letter + mark for letter, mark in zip(words, noise, strict=True))

    assert grade([noisy], lexicon).tier is grade([words], lexicon).tier


@settings(deadline=None)
@given(speech, st.randoms(use_true_random=False))
def test_capitals_change_nothing(lexicon: Lexicon, words: str, random: Any) -> None:
    shouted = "".join(random.choice((letter.lower(), letter.upper())) for letter in words)

    assert grade([shouted], lexicon).tier is grade([words], lexicon).tier


HOSTILE = {
    "combining marks on one letter": "i" + "\u0301" * 99,
    "combining marks alone": "\u0336" * 100,
    "invisible characters": "k\u200b" * 50,
    "one letter": "a" * 100,
    "letters apart": "k i l l " * 13,
    "words of danger": "i want to die " * 8,
    "denials": "not never dont " * 7,
    "stars": "k*ll " * 20,
    "signs": "!1|0$@ " * 15,
    "brackets": "([{" * 33,
    "stretched pairs": "aabbccddee" * 10,
    "negated wishes": "i dont want to kill myself but " * 4,
    "dots": "k.i.l.l." * 13,
    "emoji": "💊" * 100,
    "words of another script": "смерть " * 15,
}


def steps(text: str, lexicon: Lexicon) -> int:
    """How many calls it takes to grade a text: a measure of work that does not depend on the machine."""
    counted = 0

    def count(frame: FrameType, event: str, argument: object) -> None:
        nonlocal counted
        counted += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        grade([text], lexicon)
    finally:
        sys.setprofile(before)
    return counted


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_message_takes_work_in_proportion_to_its_length(lexicon: Lexicon, text: str) -> None:
    grade([text * 2], lexicon)
    small, large = steps(text * 25, lexicon), steps(text * 100, lexicon)

    assert large <= 4 * small + 1000
    assert large <= 400 * len(text * 100)


def test_ten_thousand_combining_characters_are_read_like_the_words_beneath_them(lexicon: Lexicon) -> None:
    words = "i want to kill myself"

    assert grade([words + "\u0301" * 10_000], lexicon).tier is grade([words], lexicon).tier
    assert grade(["\u0336" * 10_000 + words], lexicon).tier is grade([words], lexicon).tier
