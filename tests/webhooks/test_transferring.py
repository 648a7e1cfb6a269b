"""What a text that passes somebody on says, and what is words for the caller."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webhooks.transferring import Wish, read


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("transfer Bo", Wish(name="Bo")),
        ("TRANSFER bo hall", Wish(name="bo hall")),
        ("Transfer Bo cold.", Wish(name="Bo", warm=False)),
        ("transfer Bo warm", Wish(name="Bo")),
        ("transfer B Bo", Wish(tag="B", name="Bo")),
        ("transfer b bo cold", Wish(tag="B", name="bo", warm=False)),
        ("transfer C Bo", Wish(name="C Bo")),
        ("transfer B", Wish(name="B")),
        ("transfer to youth", Wish(queue="youth")),
        ("transfer A to youth cold", Wish(tag="A", queue="youth", warm=False)),
        ("transfer clinician", Wish(clinician=True)),
        ("transfer b Clinician cold", Wish(tag="B", clinician=True, warm=False)),
        ("transfer", Wish()),
        ("A: transfer Bo", None),
        ("transferring you now", None),
        ("I will transfer you", None),
        ("transfer " + "to a place that is far away " * 5, None),
    ],
)
def test_a_text_is_read_as_it_is_meant(text: str, wish: Wish | None) -> None:
    assert read(text, {"A", "B"}) == wish


@given(st.text(max_size=120), st.sets(st.sampled_from("ABC")))
def test_any_text_is_either_a_wish_or_none_and_asks_for_one_thing(text: str, tags: set[str]) -> None:
    wish = read(text, tags)
    if wish is not None:
        assert text.strip().lower().startswith("transfer")
        assert bool(wish.name) + bool(wish.queue) + wish.clinician <= 1
        assert wish.tag is None or wish.tag in tags
