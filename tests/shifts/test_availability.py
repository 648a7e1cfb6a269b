"""When people say that they can: rows of a table become spans of time, by their own wall clock."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shifts.proposal import Span
from shifts.proposal.availability import COLUMNS, Statement, read_statement, time_of, without

ZONE = ZoneInfo("America/New_York")
FIRST, LAST = date(2026, 3, 2), date(2026, 3, 15)  # a Monday, and the Sunday after the next


def say(days: str, hours: str = "", kind: str = "can") -> Statement:
    return read_statement(dict(zip(COLUMNS, ("Ana", days, hours, kind), strict=True)))


def span(day: int, begins: int, ends: int) -> Span:
    midnight = datetime(2026, 3, day, tzinfo=ZONE)
    return Span(midnight + timedelta(hours=begins), midnight + timedelta(hours=ends))


def can(*said: Statement, leave: tuple[Span, ...] = ()) -> list[Span]:
    return sorted(time_of(said, leave, FIRST, LAST, ZONE)[0])


@pytest.mark.parametrize(
    ("days", "meant"),
    [
        ("", "mtwtfss"),
        ("daily", "mtwtfss"),
        ("weekdays", "mtwtf--"),
        ("mon-fri", "mtwtf--"),
        ("Weekends", "-----ss"),
        ("sat, Monday", "m----s-"),
        ("fri-mon", "m---fss"),
        ("2026-03-04, sun", "--w---s"),
        ("2026-03-03 to 2026-03-05", "-twt---"),
    ],
)
def test_days_are_written_as_people_write_them(days: str, meant: str) -> None:
    on = [each.starts.astimezone(ZONE).day for each in can(say(days, "09:00-10:00"))]
    assert [day in on for day in range(2, 9)] == [letter != "-" for letter in meant]


def test_a_night_belongs_to_the_day_on_which_it_begins_and_the_one_before_the_weeks_reaches_into_them() -> None:
    assert can(say("sat", "22:00-06:00")) == [span(7, 22, 30), span(14, 22, 30)]
    assert can(say("sun", "22:00-06:00"))[0] == span(1, 22, 30)


def test_whoever_says_when_they_can_can_then_and_whoever_does_not_can_always_but_when_they_cannot() -> None:
    assert can(say("tue", "08:00-12:00"), say("wed", "08:00-12:00", "avoid"))[:2] == [span(3, 8, 12), span(4, 8, 12)]
    always = can(say("tue", "08:00-12:00", "cannot"), say("wed", "08:00-12:00", "prefer"))
    assert not [each for each in always if each.starts < span(3, 8, 12).ends and span(3, 8, 12).starts < each.ends]
    assert any(each.starts <= span(5, 3, 4).starts and span(5, 3, 4).ends <= each.ends for each in always)


def test_wishes_are_for_and_against() -> None:
    _, wishes = time_of([say("2026-03-03", "", "prefer"), say("2026-03-04", "", "avoid")], (), FIRST, LAST, ZONE)
    assert [(one.span, one.weight) for one in wishes] == [(span(3, 0, 24), 2), (span(4, 0, 24), -2)]


def test_nobody_can_while_they_are_away() -> None:
    assert can(say("tue", "08:00-12:00"), leave=(span(3, 0, 24),)) == [span(10, 8, 12)]


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (("", "mon", "", "can"), "a row needs a person"),
        (("Ana", "someday", "", "can"), "days are such as mon-fri"),
        (("Ana", "2026-02-30", "", "can"), "a day is written as 2026-03-08"),
        (("Ana", "2026-03-08 to 2026-03-01", "", "can"), "is no stretch"),
        (("Ana", "mon", "late", "can"), "hours are empty for the whole day"),
        (("Ana", "mon", "", "maybe"), "kind is can, prefer, avoid, cannot"),
    ],
)
def test_what_is_wrong_with_a_row_is_said(row: tuple[str, ...], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        read_statement(dict(zip(COLUMNS, row, strict=True)))


lists = st.lists(
    st.tuples(st.integers(0, 40), st.integers(1, 12)).map(lambda at: span(2, at[0], at[0] + at[1])), max_size=5
)


@given(lists, lists)
def test_what_is_taken_out_is_out_and_nothing_else(spans: list[Span], taken: list[Span]) -> None:
    left = without(spans, taken)
    for half_hour in range(120):
        at = span(2, 0, 1).starts + timedelta(minutes=30 * half_hour)
        within = [any(each.starts <= at < each.ends for each in some) for some in (spans, taken, left)]
        assert within[2] == (within[0] and not within[1])
