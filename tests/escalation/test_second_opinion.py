"""What the second opinion may do: raise a grade, with the nearest known phrasing, and nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from escalation.risk import Lexicon, Tier, grade
from escalation.risk.disguise import Word
from escalation.risk.second_opinion import SecondOpinion, read_table

TABLE = "\n".join(
    (
        "bar\t1000\t1000\t1000\t0",
        "weight\t\t-500\t-500\t-500\t-500",
        "weight\tgrey\t9000\t0\t0\t0",
        "weight\tgrey fog\t0\t9000\t0\t0",
        "weight\tshe\t0\t0\t0\t9000",
        "phrasing\televated\tall is grey fog",
        "phrasing\televated\tnothing but rain",
    )
)
heard = st.sampled_from(("grey", "fog", "she", "rain", ".", "the", "blade", "not", "no"))
said = st.lists(heard, max_size=12).map(" ".join)


def words(text: str) -> list[Word]:
    found, at = [], 0
    for each in text.split():
        found.append(Word(each, at, at + len(each)))
        at += len(each) + 1
    return found


@pytest.fixture(scope="module")
def opinion() -> SecondOpinion:
    return read_table(TABLE, {})


def test_it_gives_the_tier_whose_bar_is_reached_and_the_phrasing_nearest_to_the_words(opinion: SecondOpinion) -> None:
    found = opinion.of(words("here grey rain again"), (), ())

    assert found is not None
    assert (found.tier, found.first.start, found.last.end, found.other) == (Tier.ELEVATED, 0, 20, False)
    assert found.like == "nothing but rain"


def test_it_says_when_another_is_meant(opinion: SecondOpinion) -> None:
    found = opinion.of(words("she grey rain"), (), ())

    assert found is not None
    assert found.other


@pytest.mark.parametrize("text", ["", "rain rain rain", "grey", "grey fog"])
def test_it_is_silent_about_what_it_does_not_know_and_about_one_or_two_words(opinion: SecondOpinion, text: str) -> None:
    assert opinion.of(words(text), (), ()) is None


def test_it_leaves_what_is_denied_to_the_rules(opinion: SecondOpinion) -> None:
    assert opinion.of(words("never grey fog again"), (), [(6, 14)]) is None


def test_a_long_row_of_words_does_not_hide_a_sentence(opinion: SecondOpinion) -> None:
    found = opinion.of(words("the rain " * 60 + ". all grey fog here"), (), ())

    assert found is not None
    assert found.tier is Tier.HIGH


@pytest.mark.parametrize("line", ["weight\tgrey\t1\t2", "bar\ta\tb\tc\td", "phrasing\tawful\tgrey", "colour\tgrey"])
def test_a_table_that_cannot_be_read_is_refused_with_its_line(line: str) -> None:
    with pytest.raises(ValueError, match="line 2"):
        read_table(f"bar\t1\t1\t1\t1\n{line}", {})


@settings(deadline=None)
@given(st.lists(said, max_size=4))
def test_it_raises_and_never_lowers(lexicon: Lexicon, turns: list[str]) -> None:
    alone = replace(lexicon, opinion=None)

    assert grade(turns, lexicon).tier >= grade(turns, alone).tier


@settings(deadline=None)
@given(st.lists(said, max_size=4), said)
def test_a_further_message_never_lowers_what_it_raised(lexicon: Lexicon, turns: list[str], more: str) -> None:
    raised = replace(lexicon, opinion=read_table(TABLE, lexicon.kinds))

    assert grade([*turns, more], raised).tier >= grade(turns, raised).tier


def test_a_verdict_names_it_and_says_what_the_words_are_like(lexicon: Lexicon) -> None:
    raised = replace(lexicon, opinion=read_table(TABLE, lexicon.kinds))
    text = "outside is grey fog"

    risk = grade([text], raised)

    assert [(hit.rule, text[hit.start : hit.end], hit.tier) for hit in risk.rules] == [
        ("second_opinion", text, Tier.HIGH)
    ]
    assert risk.rules[0].like == ""  # nothing known is as grave
    assert grade([text], replace(lexicon, opinion=None)).tier is Tier.NONE
