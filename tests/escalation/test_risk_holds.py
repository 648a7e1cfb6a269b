"""What holds for any words at all, and for the labelled cases."""

import json
import time
from pathlib import Path
from random import Random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from escalation.risk import Lexicon, Tier, grade, load_lexicon
from tests.escalation.disguises import HASTE, HESITATION, OBFUSCATIONS

CASES = Path(__file__).parent / "cases"
WORDS = load_lexicon()
SAID = [
    "i want to die", "kill myself", "tonight", "goodbye", "pills", "not", "but", "lol", "my friend", "k1ll", "🔫",
    "no", "d i e", "\u200b", "...", "?", "\n", "he", "took all my", "me quiero morir", "\ud800", "İ", "ﬃ", "’", "1", "*",
    "i'm",
]  # fmt: skip
ANY_TEXT = st.one_of(st.text(), st.lists(st.sampled_from(SAID), max_size=12).map(" ".join))
POSITIVES = [
    "i want to kill myself", "i don't want to live anymore", "i took all of my pills",
    "i am going to end my life tonight",
    "my sister says she wants to die", "everyone would be better off without me",
]  # fmt: skip


@given(st.lists(ANY_TEXT, max_size=5))
@example(["\ud800 i want to die \udfff"])
@example(["* # * # d*e"])
@settings(max_examples=300, deadline=None)
def test_no_text_makes_it_raise_and_every_span_lies_in_its_turn(turns: list[str]) -> None:
    risk = grade(turns, WORDS)
    for hit in risk.rules:
        assert 0 <= hit.start < hit.end <= len(turns[hit.turn])
    assert risk.tier == max((hit.tier for hit in risk.rules), default=Tier.NONE)


@given(st.lists(ANY_TEXT, max_size=4), ANY_TEXT)
@settings(max_examples=300, deadline=None)
def test_one_more_turn_never_lowers_the_tier(turns: list[str], more: str) -> None:
    before, after = grade(turns, WORDS), grade([*turns, more], WORDS)
    assert after.tier >= before.tier
    assert set(before.rules) <= set(after.rules)


@given(st.sampled_from(POSITIVES), st.sampled_from(sorted({**OBFUSCATIONS, **HESITATION})), st.integers(0, 2**16))
@settings(max_examples=200, deadline=None)
def test_disguise_keeps_the_tier_of_clean_words(text: str, name: str, seed: int) -> None:
    disguised = {**OBFUSCATIONS, **HESITATION}[name](text, Random(seed))
    assert grade([disguised], WORDS).tier >= grade([text], WORDS).tier


def labelled(half: str) -> list[tuple[str, Tier, Tier]]:
    cases = [json.loads(line) for line in (CASES / f"{half}.jsonl").read_text(encoding="utf-8").splitlines()]
    return [(each["category"], Tier.parse(each["tier"]), grade(each["turns"], WORDS).tier) for each in cases]


def share(graded: list[tuple[str, Tier, Tier]], wanted: Tier, reached: Tier, category: str = "") -> float:
    found = [tier >= reached for name, label, tier in graded if label is wanted and category in ("", name)]
    return sum(found) / len(found)


def test_the_cases_the_rules_were_written_with_do_not_slip_back() -> None:
    graded = labelled("dev")
    assert share(graded, Tier.IMMINENT, Tier.HIGH) >= 0.97
    assert share(graded, Tier.IMMINENT, Tier.IMMINENT) >= 0.94
    assert share(graded, Tier.HIGH, Tier.ELEVATED) >= 0.97
    assert share(graded, Tier.HIGH, Tier.HIGH) >= 0.96
    assert share(graded, Tier.ELEVATED, Tier.ELEVATED, "oblique") >= 0.94
    assert share(graded, Tier.NONE, Tier.ELEVATED, "idiom") <= 0.02
    assert share(graded, Tier.NONE, Tier.HIGH, "denial") <= 0.10
    assert share(graded, Tier.NONE, Tier.ELEVATED, "everyday") <= 0.01
    assert share(graded, Tier.NONE, Tier.HIGH, "everyday") <= 0.002


def test_typos_keep_most_of_what_is_caught_clean() -> None:
    random = Random(7)
    kept = [
        grade([typo], WORDS).tier >= grade([text], WORDS).tier
        for text in POSITIVES
        for typo in (HASTE["typo"](text, random) for _ in range(40))
    ]
    assert sum(kept) / len(kept) >= 0.85


def test_a_message_takes_less_than_five_milliseconds_of_processor_time() -> None:
    texts = [turn for line in (CASES / "dev.jsonl").read_text().splitlines() for turn in json.loads(line)["turns"]]
    took = []
    for text in texts:
        begun = time.thread_time()
        grade([text], WORDS)
        took.append(time.thread_time() - begun)
    assert sorted(took)[int(len(took) * 0.99)] < 0.005


@pytest.mark.parametrize(
    "text", ["a", "i want to ", "not ", "k i l l ", "no but ", "** ", "😀", "kill myself but ", "d1e "]
)
def test_a_hostile_message_costs_time_in_proportion_to_its_length(lexicon: Lexicon, text: str) -> None:
    def cost(size: int) -> float:
        message = text * (size // len(text))
        begun = time.thread_time()
        grade([message], lexicon)
        return time.thread_time() - begun

    cost(5_000)
    assert cost(40_000) < 16 * max(cost(5_000), 0.01)
