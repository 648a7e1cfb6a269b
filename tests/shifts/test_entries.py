"""A shift in a table: what is written is read again as the same shift, and what is wrong is said in words."""

from __future__ import annotations

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpline.hours import Hours
from helpline.nouns import Role
from shifts.entries import COLUMNS, Entry, as_cells, read_entry, read_repeats, repeats_in_words
from shifts.recurrence import read_recurrence

MONDAY = date(2026, 3, 2)
minutes = st.times().map(lambda moment: moment.replace(second=0, microsecond=0))
weekday_lists = st.lists(st.sampled_from(["MO", "TU", "WE", "TH", "FR", "SA", "SU"]), min_size=1, unique=True)
plain = st.one_of(
    st.just("FREQ=DAILY"),
    st.just("FREQ=MONTHLY"),
    st.integers(2, 9).map("FREQ=WEEKLY;INTERVAL={}".format),
    st.integers(2, 9).map("FREQ=DAILY;INTERVAL={}".format),
    weekday_lists.map(lambda days: f"FREQ=WEEKLY;BYDAY={','.join(days)}"),
    st.sampled_from(["FREQ=MONTHLY;BYDAY=2MO", "FREQ=MONTHLY;BYMONTHDAY=-1", "FREQ=WEEKLY;INTERVAL=1;BYDAY=MO"]),
)
rules = st.one_of(st.just(""), plain, plain.map("{};UNTIL=20271231".format), plain.map("{};COUNT=3".format))
entries = st.builds(
    Entry,
    person=st.sampled_from(["", "Ana", "Bo Ann", "=Cal", "'Dee", "-Eve"]),
    role=st.sampled_from(Role),
    first=st.dates(date(2020, 1, 1), date(2027, 6, 1)),
    hours=st.builds(Hours, minutes, minutes),
    repeats=rules,
    tier=st.one_of(st.none(), st.integers(1, 9)),
    queues=st.sets(st.sampled_from(["support", "youth", "night line"])).map(lambda names: tuple(sorted(names))),
    zone=st.sampled_from([None, "America/Denver", "UTC"]),
    on_holidays=st.booleans(),
)


def cells(**more: str) -> dict[str, str]:
    return dict.fromkeys(COLUMNS, "") | {"first day": "2026-03-02", "hours": "22:00-06:00"} | more


@given(entries)
def test_a_shift_is_read_again_as_it_was_written(entry: Entry) -> None:
    assert read_entry(as_cells(entry)) == entry


@given(rules)
def test_the_words_for_a_rule_mean_the_rule(rule: str) -> None:
    assert read_repeats(repeats_in_words(rule)) == rule


@pytest.mark.parametrize(
    ("words", "rule"),
    [
        ("", ""),
        ("Daily", "FREQ=DAILY"),
        ("weekdays", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"),
        ("every 2 weeks", "FREQ=WEEKLY;INTERVAL=2"),
        ("every  1 week", "FREQ=WEEKLY"),
        ("every 3 days until 2027-01-31", "FREQ=DAILY;INTERVAL=3;UNTIL=20270131"),
        ("RRULE:freq=weekly;byday=mo,tu;", "FREQ=WEEKLY;BYDAY=MO,TU"),
    ],
)
def test_how_often_is_written_in_words(words: str, rule: str) -> None:
    assert read_repeats(words) == rule


def test_the_words_recur_as_they_say() -> None:
    recurs = read_recurrence(MONDAY, read_repeats("every 2 weeks until 2026-04-13"))
    assert list(recurs.days_from(MONDAY, date(2026, 12, 1))) == [
        date(2026, 3, 2),
        date(2026, 3, 16),
        date(2026, 3, 30),
        date(2026, 4, 13),
    ]


def test_what_is_left_out_is_usual() -> None:
    assert read_entry(cells()) == Entry("", Role.PEER, MONDAY, Hours(time(22), time(6)))


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"first day": "2.3.2026"}, "first day is a day such as 2026-03-08, not '2.3.2026'"),
        ({"first day": ""}, "first day is a day"),
        ({"hours": "10pm-6am"}, "hours are written as 22:00-06:00"),
        ({"hours": ""}, "hours are written"),
        ({"repeats": "sometimes"}, "repeats is empty for once, daily, weekly"),
        ({"repeats": "FREQ=SOMETIMES"}, "repeats: FREQ is DAILY"),
        ({"repeats": "daily until spring"}, "until is a day"),
        ({"repeats": "daily until 2026-03-01"}, "it never happens"),
        ({"repeats": "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"}, "it never happens"),
        ({"role": "chef"}, "role is peer, backup"),
        ({"tier": "0"}, "tier is empty, or a number from 1 to 9"),
        ({"time zone": "Mars/Base"}, "not a time zone; write it as America/New_York"),
        ({"on holidays": "perhaps"}, "on holidays is yes or no"),
    ],
)
def test_what_is_wrong_with_a_row_is_said(wrong: dict[str, str], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        read_entry(cells(**wrong))
