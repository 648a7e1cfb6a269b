"""The frames that the second opinion learns from: each can be said, and says the same every time."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest

from bench.phrasebook import composed, one
from escalation.risk import Tier


def test_every_frame_gives_plain_messages_with_a_tier_and_a_subject() -> None:
    messages = list(composed(3))

    assert messages
    for message in messages:
        (text,) = message["turns"]
        assert text
        assert not set(text) & set("()[]{}|")
        assert Tier.parse(message["tier"]) in Tier
        assert message["subject"] in ("self", "other")


def test_the_same_frames_give_the_same_messages_each_only_once() -> None:
    first = list(composed(5))

    assert first == list(composed(5))
    assert max(Counter((case["id"]) for case in first).values()) == 1


def test_a_frame_chooses_among_words_and_classes() -> None:
    said = {one("[well] (hi|hello) {friend}", {"friend": ["(old|dear) friend", "you"]}, Random(n)) for n in range(99)}

    assert said == {
        f"{well}{greeting} {friend}"
        for well in ("", "well ")
        for greeting in ("hi", "hello")
        for friend in ("old friend", "dear friend", "you")
    }


def test_a_class_that_nobody_defined_is_named() -> None:
    with pytest.raises(KeyError, match="nobody"):
        one("hello {nobody}", {}, Random(1))
