"""On which days something recurs, compared with dateutil."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shifts.recurrence import WEEKDAYS, read_recurrence
from tests.shifts.walking import days_of

FIRST = date(2024, 1, 31)
days = st.integers(0, 900).map(lambda n: date(2024, 1, 1) + timedelta(days=n))
weekdays = st.lists(st.sampled_from(WEEKDAYS), min_size=1, max_size=4, unique=True).map(",".join)
nths = st.lists(
    st.tuples(st.sampled_from([-2, -1, 1, 2, 3, 4, 5]), st.sampled_from(WEEKDAYS)), min_size=1, max_size=3, unique=True
).map(lambda found: ",".join(f"{nth}{day}" for nth, day in found))
month_days = st.lists(st.integers(-31, 31).filter(bool), min_size=1, max_size=4, unique=True).map(
    lambda found: ",".join(map(str, found))
)
months = st.lists(st.integers(1, 12), min_size=1, max_size=4, unique=True).map(lambda found: ",".join(map(str, found)))
ends = st.one_of(
    st.just(""),
    days.map(lambda day: f";UNTIL={day:%Y%m%d}"),
    st.integers(1, 40).map(lambda count: f";COUNT={count}"),
)


@st.composite
def rules(draw: st.DrawFn) -> str:
    """Any rule that a rota can keep."""
    frequency = draw(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]))
    parts = [f"FREQ={frequency}", f"INTERVAL={draw(st.integers(1, 5))}"]
    named = frequency == "YEARLY" or draw(st.booleans())
    if named:
        parts.append(f"BYMONTH={draw(months)}")
    if frequency != "WEEKLY" and draw(st.booleans()):
        parts.append(f"BYMONTHDAY={draw(month_days)}")
    if draw(st.booleans()):
        monthly = frequency in {"MONTHLY", "YEARLY"}
        parts.append(f"BYDAY={draw(st.one_of(weekdays, nths) if monthly else weekdays)}")
    return ";".join(parts) + draw(ends)


@given(days, rules(), days, st.integers(1, 400))
def test_it_falls_on_the_days_that_dateutil_names(first: date, rule: str, start: date, length: int) -> None:
    end = start + timedelta(days=length)
    try:
        found = read_recurrence(first, rule)
    except ValueError as problem:
        assert "does not recur" in str(problem)  # a COUNT that 28 years do not hold, such as every fifth 29 February
        return
    assert list(found.days_from(start, end)) == days_of(first, rule, start, end)


@given(days)
def test_without_a_rule_it_falls_on_its_first_day_alone(first: date) -> None:
    found = read_recurrence(first, "")
    assert list(found.days_from(first - timedelta(days=400), first + timedelta(days=400))) == [first]


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        ("FREQ=HOURLY", "FREQ is DAILY"),
        ("every monday", "not a rule such as"),
        ("FREQ=WEEKLY;BYDAY=2MO", "use FREQ=MONTHLY"),
        ("FREQ=WEEKLY;BYDAY=MONDAY", "BYDAY is a list"),
        ("FREQ=WEEKLY;BYSETPOS=1", "BYSETPOS is not something a rota can keep"),
        ("FREQ=WEEKLY;WKST=SU", "WKST is not something a rota can keep"),
        ("FREQ=DAILY;COUNT=3;UNTIL=20260101", "do not go together"),
        ("FREQ=DAILY;UNTIL=tomorrow", "UNTIL is a day"),
        ("FREQ=DAILY;INTERVAL=0", "INTERVAL is a number from 1"),
        ("FREQ=YEARLY;BYDAY=MO", "need BYMONTH"),
        ("FREQ=MONTHLY;BYMONTHDAY=0", "BYMONTHDAY is a day"),
        ("FREQ=DAILY;FREQ=DAILY", "not a rule such as"),
    ],
)
def test_a_rule_that_cannot_be_kept_says_why(rule: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        read_recurrence(FIRST, rule)


def test_a_rule_of_many_years_is_answered_without_walking_through_them() -> None:
    every_other = read_recurrence(date(1970, 1, 5), "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO")
    assert every_other.falls_on(date(1970, 1, 5) + timedelta(weeks=2 * 5000))
    assert not every_other.falls_on(date(1970, 1, 5) + timedelta(weeks=2 * 5000 + 1))
