"""Where a contact goes: to the first route that fits, and every condition a route gives must hold."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from helpline.nouns import Tier
from helpline.routes import Route
from routing.route import NO_ROUTE, Approach, By, Routed, route

MIDNIGHT = datetime(2026, 3, 8, tzinfo=UTC)
ONE, TWO = "+12125550100", "+12125550101"
CONDITIONS = ("keys", "words", "number", "hours", "risk")

minutes = st.integers(0, 24 * 60 - 1)
moments = minutes.map(lambda minute: MIDNIGHT + timedelta(minutes=minute))


def clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


hours = st.lists(minutes, min_size=2, max_size=2, unique=True).map(lambda ends: f"{clock(ends[0])}-{clock(ends[1])}")
conditions = st.fixed_dictionaries(
    {},
    optional={
        "keys": st.lists(st.sampled_from("345"), min_size=1, max_size=2),
        "words": st.lists(st.sampled_from(["youth", "joven", "vet line"]), min_size=1, max_size=2),
        "number": st.sampled_from([ONE, TWO]),
        "hours": hours,
        "risk": st.sampled_from(["elevated", "high", "imminent"]),
    },
).filter(bool)
routes = st.builds(
    lambda given, queue, topic: Route.model_validate({**given, "queue": queue, "topic": topic}),
    conditions,
    st.sampled_from(["youth", "crisis"]),
    st.sampled_from([None, "grief"]),
)
several = st.lists(routes, max_size=6)
approaches = st.builds(
    Approach,
    number=st.sampled_from([ONE, TWO]),
    key=st.sampled_from(["", "3", "4", "5", "7"]),
    words=st.sampled_from(["", "youth", "Joven, hola", "vet line please", "hello youth"]),
    risk=st.sampled_from(Tier),
)


def where(approach: Approach, lines: list[Route], now: datetime, by: By | None = None) -> Routed:
    return route(approach, lines, now, otherwise="support", by=by)


@given(approaches, several, moments)
def test_the_first_that_fits_decides(approach: Approach, lines: list[Route], now: datetime) -> None:
    alone = [where(approach, [one], now) for one in lines]
    fitting = [place for place, found in enumerate(alone) if found.place is not None]
    found = where(approach, lines, now)
    assert found.place == (fitting[0] if fitting else None)
    if fitting:
        first = lines[fitting[0]]
        assert (found.queue, found.topic) == (first.queue, first.topic)
    else:
        assert found == Routed("support", None, NO_ROUTE)


@given(approaches, conditions, moments)
def test_every_condition_must_hold(approach: Approach, given_: dict[str, object], now: datetime) -> None:
    whole = where(approach, [Route.model_validate({**given_, "queue": "youth"})], now)
    parts = [Route.model_validate({name: value, "queue": "youth"}) for name, value in given_.items()]
    assert (whole.place is not None) == all(where(approach, [part], now).place is not None for part in parts)


@given(approaches, several, moments, st.sampled_from(By))
def test_what_has_just_become_known_is_answered_by_routes_that_ask_for_it(
    approach: Approach, lines: list[Route], now: datetime, by: By
) -> None:
    asking = [one for one in lines if getattr(one, by.value)]
    found, among = where(approach, lines, now, by), where(approach, asking, now)
    assert (found.queue, found.topic, found.reason) == (among.queue, among.topic, among.reason)
    assert found.place is None or getattr(lines[found.place], by.value)


@given(approaches, routes, moments, st.sampled_from(Tier))
def test_who_fits_goes_on_fitting_when_risk_rises(approach: Approach, one: Route, now: datetime, risk: Tier) -> None:
    graver = Approach(approach.number, approach.key, approach.words, max(risk, approach.risk))
    if where(approach, [one], now).place is not None:
        assert where(graver, [one], now).place is not None


@given(minutes, minutes, moments)
def test_hours_and_those_between_them_make_the_day(starts: int, ends: int, now: datetime) -> None:
    if starts == ends:
        return
    within = Route.model_validate({"hours": f"{clock(starts)}-{clock(ends)}", "queue": "night"})
    between = Route.model_validate({"hours": f"{clock(ends)}-{clock(starts)}", "queue": "day"})
    assert within.is_open(now.time()) is not between.is_open(now.time())
    assert within.is_open(time(starts // 60, starts % 60))
    assert not within.is_open(time(ends // 60, ends % 60))


@given(
    st.sampled_from(["youth", "YOUTH", "Youth", "yoúth", "  youth", "«youth", "¿Yoüth"]),
    st.sampled_from(["", "!", ".", " please", ", i need to talk", "\n\nhello", "…"]),
    st.sampled_from(["NFC", "NFD"]),
)
def test_a_word_is_heard_in_any_case_with_or_without_accents(word: str, rest: str, form: str) -> None:
    said = unicodedata.normalize(form, word + rest)  # type: ignore[arg-type]
    assert Route(words=("Youth",), queue="youth").is_said_by(said)


@pytest.mark.parametrize("text", ["youthful", "my youth", "", "!", "you", "youths are here"])
def test_a_word_is_no_part_of_another_and_stands_at_the_beginning(text: str) -> None:
    assert not Route(words=("youth",), queue="youth").is_said_by(text)


def test_a_word_may_be_of_several_words() -> None:
    assert Route(words=("vet line",), queue="youth").is_said_by("Vet-Line, hi")
    assert not Route(words=("vet line",), queue="youth").is_said_by("vet")


@given(approaches, several, moments)
def test_a_reason_never_holds_what_was_called_or_written(approach: Approach, lines: list[Route], now: datetime) -> None:
    reason = where(approach, lines, now).reason.lower()
    assert "+1" not in reason
    assert not {"joven", "youth", "vet line"} & {reason, *reason.split()}


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ({"queue": "youth"}, "fits everybody"),
        ({"keys": ["3"]}, "leads nowhere"),
        ({"keys": ["*"], "queue": "youth"}, "keys.0"),
        ({"words": ["!"], "queue": "youth"}, "not a word"),
        ({"hours": "22-26", "queue": "youth"}, "write them as 22:00-06:00"),
        ({"hours": "22:00", "queue": "youth"}, "write them as 22:00-06:00"),
        ({"hours": 22, "queue": "youth"}, "write them as 22:00-06:00"),
        ({"hours": "22:00-22:00", "queue": "youth"}, "the whole day"),
        ({"risk": "none", "queue": "youth"}, "risk"),
    ],
)
def test_a_route_that_cannot_be_is_refused(written: dict[str, object], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        Route.model_validate(written)


def test_one_key_or_word_may_stand_without_a_list() -> None:
    assert Route.model_validate({"keys": "3", "words": "vet", "topic": "Grief"}) == Route(
        keys=("3",), words=("vet",), topic="grief"
    )
