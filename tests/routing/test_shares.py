"""How much of a person is free, and the letter by which they tell one contact from another."""

from __future__ import annotations

from uuid import UUID

from hypothesis import example, given
from hypothesis import strategies as st

from helpline.nouns import Channel
from routing.offers import free_share, free_tag
from shifts.roster import Held


def held(start: int, end: int) -> Held:
    return Held(UUID(int=start), Channel.TEXT, start, end, "A")


@given(st.integers(1, 12), st.integers(1, 12), st.lists(st.integers(0, 11), unique=True, max_size=12))
def test_shares_are_found_where_they_are_free_and_side_by_side(shares: int, wanted: int, used: list[int]) -> None:
    start = free_share([held(one, one + 1) for one in used], shares, wanted)
    fits = [at for at in range(shares) if at + wanted <= shares and not set(used) & set(range(at, at + wanted))]
    assert start == (fits[0] if fits else None)


@given(st.integers(1, 20), st.lists(st.integers(1, 4), max_size=10))
def test_nobody_is_ever_given_more_than_they_have(shares: int, wants: list[int]) -> None:
    holding: list[Held] = []
    for wanted in wants:
        start = free_share(holding, shares, wanted)
        if start is not None:
            holding.append(held(start, start + wanted))
    taken = [share for one in holding for share in range(one.share_from, one.share_to)]
    assert len(taken) == len(set(taken)) <= shares


@example(set("ABCDEFGHJKLMNPQRSTUVWXYZ"))
@given(st.sets(st.sampled_from("ABCDEFGHJKLMNPQRSTUVWXYZ")))
def test_a_letter_is_always_found_and_new_while_there_are_any(used: set[str]) -> None:
    letter = free_tag(used)
    assert len(letter) == 1 and letter.isupper() and letter not in "IO"
    assert letter not in used or len(used) == 24
