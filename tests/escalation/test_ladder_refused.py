"""Refusals on the ladder: the next is asked at once, nobody twice, and everybody where nobody acknowledges."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from escalation.ladder import EVERYBODY, Exhausted, Page, Paged, Why, assess
from helpline.nouns import PageState, Tier
from tests.escalation.test_ladder import LADDER, LEE, MAX, NIA, NOON, ON_CALL, Story, at, case, cases

SUE = UUID(int=4)
ALL_AFTER = LADDER.model_copy(update={"everybody_after_seconds": 90})


def refused(person: UUID, seconds: float, tier: int = 1) -> Paged:
    return Paged(person, tier, at(seconds), PageState.REFUSED)


def called(move: object) -> list[UUID]:
    return [call.person for call in move.calls] if isinstance(move, Page) else []


def test_after_a_refusal_the_next_tier_is_paged_at_once_and_whoever_refused_never() -> None:
    story = Story(case(pages=(refused(LEE, 60),)), now=at(63))
    assert story.until(200) == [(63, MAX), (123, MAX), (183, MAX)]


def test_after_a_refusal_another_of_the_same_tier_goes_on_being_paged() -> None:
    two = {1: (LEE, NIA), 2: (MAX,)}
    pages = (refused(LEE, 60), Paged(NIA, 1, at(60), PageState.OPEN))
    assert Story(case(pages=pages), two, now=at(63)).until(121) == [(90, MAX), (120, NIA)]


def test_whoever_refused_is_paged_again_when_it_is_graver() -> None:
    danger = case(pages=(refused(LEE, 60),), risk=Tier.IMMINENT, risk_at=at(70))
    assert LEE in called(assess(danger, LADDER, ON_CALL, at(70)))
    again = replace(danger, pages=(*danger.pages, refused(LEE, 70)))
    assert LEE not in called(assess(again, LADDER, ON_CALL, at(75)))


def test_where_everybody_on_call_has_refused_that_is_said() -> None:
    move = assess(case(pages=(refused(LEE, 60), refused(MAX, 63, 2))), LADDER, ON_CALL, at(64))
    assert isinstance(move, Exhausted) and move.refused and move.reason == "everybody has refused"


def test_peers_who_refuse_page_tier_1_at_once_and_tier_2_half_a_minute_later() -> None:
    assert Story(case(refused_at=at(7)), now=at(7)).until(40) == [(7, LEE), (37, MAX)]
    assert not called(assess(case(refused_at=at(7), acknowledged_at=at(8)), LADDER, ON_CALL, at(9)))
    assert not called(assess(case(refused_at=at(7), waiting_since=None), LADDER, ON_CALL, at(9)))


def test_what_the_line_itself_calls_for_pages_until_it_is_acknowledged() -> None:
    quiet = case(waiting_since=None, called_at=at(5), called_why=Why.SILENCE)
    move = assess(quiet, LADDER, ON_CALL, at(5))
    assert isinstance(move, Page) and [(call.person, call.why) for call in move.calls] == [(LEE, Why.SILENCE)]
    assert not called(assess(replace(quiet, acknowledged_at=at(6)), LADDER, ON_CALL, at(90)))


def test_in_danger_and_not_acknowledged_everybody_is_paged_even_who_refused() -> None:
    pages = (refused(LEE, 0), Paged(MAX, 2, at(3), PageState.OPEN))
    danger = case(risk=Tier.IMMINENT, risk_at=NOON, waiting_since=None, pages=pages)
    assert called(assess(danger, ALL_AFTER, ON_CALL, at(64), (LEE, NIA, SUE))) == [MAX]
    move = assess(danger, ALL_AFTER, ON_CALL, at(90), (LEE, NIA, SUE))
    assert set(called(move)) == {LEE, MAX, NIA, SUE}
    assert isinstance(move, Page)
    assert {call.tier for call in move.calls if call.person in (NIA, SUE)} == {EVERYBODY}
    after = replace(danger, pages=(*pages, refused(NIA, 90, EVERYBODY), refused(LEE, 90)))
    assert set(called(assess(after, ALL_AFTER, ON_CALL, at(150), (LEE, NIA, SUE)))) == {MAX, SUE}


def test_everybody_is_paged_though_nobody_is_on_call() -> None:
    danger = case(risk=Tier.IMMINENT, risk_at=NOON, pages=(Paged(LEE, 1, NOON, PageState.UNANSWERED),))
    assert set(called(assess(danger, ALL_AFTER, {}, at(90), (LEE, SUE)))) == {LEE, SUE}


def test_who_only_waits_is_nobody_elses() -> None:
    waiting = case(pages=(Paged(LEE, 1, at(60), PageState.OPEN),))
    assert NIA not in called(assess(waiting, ALL_AFTER, ON_CALL, at(400), (NIA,)))


@given(standing=cases, seconds=st.integers(0, 900))
def test_who_has_refused_since_it_became_graver_is_not_paged(standing: object, seconds: int) -> None:
    one = replace(standing, waiting_since=NOON, over=False, pages=(refused(LEE, 600),))  # type: ignore[type-var]
    assert LEE not in called(assess(one, LADDER, ON_CALL, at(601 + seconds)))


@given(standing=cases, seconds=st.integers(0, 900))
def test_a_line_without_the_keys_pages_as_if_nobody_else_were_there(standing: object, seconds: int) -> None:
    now = at(seconds)
    assert assess(standing, LADDER, ON_CALL, now, (NIA, SUE)) == assess(standing, LADDER, ON_CALL, now)  # type: ignore[arg-type]
