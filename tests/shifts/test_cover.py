"""Whether the rota gives the line what it wants, compared with somebody who asks minute by minute."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpline.hours import Hours
from helpline.nouns import Role
from helpline.rota_policy import NO_POLICY, Cover, RotaPolicy
from helpline.weekdays import WEEKDAYS
from shifts import wording
from shifts.colleagues import Colleague
from shifts.foresight.cover import Check, Hole, Span, could_fill, holes, in_stretches
from shifts.foresight.cover import cover as cover_of
from shifts.recurrence import read_recurrence
from shifts.rota import Leave, Override, Rota, Shift

NEW_YORK = ZoneInfo("America/New_York")
ZONES = ["America/New_York", "UTC", "Asia/Kathmandu", "Australia/Lord_Howe", "America/St_Johns"]
ANA, BO, CAL, LEE = (UUID(int=number) for number in range(1, 5))
PEOPLE = [
    Colleague(ANA, "Ana", Role.PEER, ("en", "es")),
    Colleague(BO, "Bo", Role.PEER, ("en",), queues=("youth",)),
    Colleague(CAL, "Cal", Role.PEER, ("es",)),
    Colleague(LEE, "Lee", Role.CLINICIAN, ("en",)),
]
MINUTE = timedelta(minutes=1)
LONG_AGO = date(2000, 1, 1)


def shift(person: UUID | None, hours: str, number: int = 0, zone: ZoneInfo = NEW_YORK, **more: object) -> Shift:
    starts, ends = (time.fromisoformat(part) for part in hours.split("-"))
    role = Role.CLINICIAN if "tier" in more else Role.PEER
    facts: dict[str, object] = {"role": role, "recurs": read_recurrence(LONG_AGO, "FREQ=DAILY"), **more}
    return Shift(UUID(int=1000 + number), person, hours=Hours(starts, ends), zone=zone, **facts)  # type: ignore[arg-type]


def rota(*shifts: Shift, zone: ZoneInfo = NEW_YORK, **more: object) -> Rota:
    numbered = [Shift(UUID(int=1000 + at), **_without_id(one)) for at, one in enumerate(shifts)]  # type: ignore[arg-type]
    return Rota(zone, numbered, **more)  # type: ignore[arg-type]


def _without_id(one: Shift) -> dict[str, object]:
    return {name: getattr(one, name) for name in Shift.__slots__ if name != "id"}


def wall(text: str, zone: ZoneInfo = NEW_YORK) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def cover(plan: Rota, needs: Sequence[Cover], starts: datetime, ends: datetime) -> list[Span]:
    return cover_of(plan, {one.id: one for one in PEOPLE}, RotaPolicy(cover=tuple(needs)), starts, ends)


clocks = st.integers(0, 95).map(lambda quarter: time(quarter // 4, quarter % 4 * 15))
spans = st.tuples(clocks, clocks).map(lambda both: Hours(*both))
wanted = st.builds(
    Cover,
    role=st.sampled_from([Role.PEER, Role.BACKUP]),
    minimum=st.integers(1, 2),
    target=st.integers(0, 3),
    language=st.sampled_from([None, "en", "es"]),
    queue=st.sampled_from([None, "youth"]),
    hours=spans,
    days=st.lists(st.sampled_from(WEEKDAYS), max_size=3, unique=True).map(tuple),
)
starts = st.sampled_from(["2026-03-07T20:00", "2026-10-31T22:30", "2026-04-04T12:45", "2026-06-01T00:00"])


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from([ANA, BO, CAL, None]), spans, st.sampled_from([Role.PEER, Role.BACKUP])), max_size=4
    ),
    st.lists(wanted, max_size=2),
    starts,
    st.sampled_from(ZONES),
)
def test_the_cover_is_what_somebody_finds_who_asks_in_every_minute(
    drawn: list[tuple[UUID | None, Hours, Role]], requirements: list[Cover], begins: str, zone_name: str
) -> None:
    zone = ZoneInfo(zone_name)
    plan = rota(*(shift(one, str(hours), zone=zone, role=role) for one, hours, role in drawn), zone=zone)
    start = wall(begins, zone).astimezone(UTC)
    end = start + timedelta(hours=17)
    found = cover(plan, requirements, start, end)
    assert (found[0].starts, found[-1].ends) == (start, end)
    assert all(one.ends == later.starts and one.starts < one.ends for one, later in pairwise(found))
    known = {one.id: one for one in PEOPLE}
    for span in found:
        at = span.starts
        while at < span.ends:
            serving = [(one.person, one.role) for one in plan.at(at) if one.person is not None]
            expected = [
                (
                    one,
                    {
                        person
                        for person, role in serving
                        if role is one.role
                        and (one.language is None or one.language in known[person].languages)
                        and (one.queue is None or not known[person].queues or one.queue in known[person].queues)
                    },
                )
                for one in requirements
                if one.is_wanted(at.astimezone(zone), frozenset())
            ]
            assert [(check.wanted, set(check.people)) for check in span.checks] == expected
            at += 5 * MINUTE


def test_the_hour_that_comes_twice_is_there_twice_and_the_one_left_out_is_not() -> None:
    nights = rota(shift(ANA, "22:00-06:00"))
    back = cover(nights, [Cover()], wall("2026-10-31T22:00"), wall("2026-11-01T06:00"))
    assert [span.starts.astimezone(NEW_YORK).hour for span in back] == [22, 23, 0, 1, 1, 2, 3, 4, 5]
    assert not any(span.has_hole for span in back)
    forward = cover(nights, [Cover()], wall("2026-03-07T22:00"), wall("2026-03-08T06:00"))
    assert [span.starts.astimezone(NEW_YORK).hour for span in forward] == [22, 23, 0, 1, 3, 4, 5]
    assert not any(span.has_hole for span in forward)


def test_a_day_of_25_hours_with_nobody_is_a_hole_of_25_hours() -> None:
    found = cover(rota(), [Cover()], wall("2026-11-01T00:00"), wall("2026-11-02T00:00"))
    assert len(found) == 25
    [hole] = holes(found)
    assert hole.ends - hole.starts == timedelta(hours=25)


def test_a_handover_that_is_late_by_a_minute_is_seen() -> None:
    plan = rota(shift(ANA, "08:00-20:00"), shift(BO, "20:01-08:00"))
    found = holes(cover(plan, [Cover()], wall("2026-06-01T00:00"), wall("2026-06-02T00:00")))
    assert [(one.starts, one.ends) for one in found] == [(wall("2026-06-01T20:00"), wall("2026-06-01T20:01"))]


def test_enough_is_not_thin_and_one_alone_is_a_single_point_of_failure() -> None:
    two = Cover(minimum=1, target=2)
    checks = {number: Check(two, (ANA, BO, CAL)[:number]) for number in range(4)}
    assert [(one.is_hole, one.is_thin, one.only, one.lacking) for one in checks.values()] == [
        (True, False, None, 1),
        (False, True, ANA, 0),
        (False, False, None, 0),
        (False, False, None, 0),
    ]
    pair = Check(Cover(minimum=2), (ANA,))
    assert (pair.is_hole, pair.only, pair.lacking) == (True, None, 1)


def test_only_ana_speaks_spanish() -> None:
    plan = rota(shift(ANA, "00:00-00:00"), shift(BO, "00:00-00:00"), shift(CAL, "12:00-18:00"))
    both = [Cover(minimum=2), Cover(language="es")]
    found = cover(plan, both, wall("2026-06-01T10:00"), wall("2026-06-01T20:00"))
    alone = [span for span in found if span.checks[1].only]
    assert {span.checks[1].only for span in alone} == {ANA}
    assert [span.starts.astimezone(NEW_YORK).hour for span in alone] == [10, 11, 18, 19]
    assert not any(span.checks[0].only for span in found)


def test_a_shift_for_one_queue_and_a_person_of_one_queue_serve_no_other() -> None:
    plan = rota(
        shift(ANA, "00:00-00:00", queues=frozenset({"youth"})), shift(BO, "00:00-00:00"), shift(CAL, "00:00-00:00")
    )
    both = [Cover(queue="youth"), Cover(queue="support")]
    [span] = in_stretches(cover(plan, both, wall("2026-06-01T10:00"), wall("2026-06-01T12:00")))
    assert [set(check.people) for check in span.checks] == [{ANA, BO, CAL}, {CAL}]


def test_supervisors_and_clinicians_on_call_are_wanted_like_anybody() -> None:
    plan = rota(
        shift(ANA, "09:00-17:00", role=Role.SUPERVISOR),
        shift(LEE, "00:00-12:00", tier=1),
        shift(CAL, "00:00-00:00", tier=2),
    )
    need = [Cover(role=Role.SUPERVISOR), *(Cover(role=Role.CLINICIAN, tier=tier) for tier in (1, 2, 3))]
    found = holes(cover(plan, need, wall("2026-06-01T00:00"), wall("2026-06-02T00:00")))
    assert [(one.wanted.role, one.wanted.tier, one.starts.astimezone(NEW_YORK).hour) for one in found] == [
        (Role.SUPERVISOR, None, 0),
        (Role.CLINICIAN, 3, 0),
        (Role.CLINICIAN, 1, 12),
        (Role.SUPERVISOR, None, 17),
    ]


def test_leave_and_overrides_open_holes_and_close_them() -> None:
    monday, tuesday = date(2026, 6, 1), date(2026, 6, 2)
    plan = rota(
        shift(ANA, "08:00-20:00"),
        overrides=[Override(UUID(int=1000), tuesday, CAL)],
        leaves=[Leave(ANA, monday, tuesday)],
    )
    day = [Cover(hours=Hours(time(8), time(20)))]
    found = holes(cover(plan, day, wall("2026-06-01T00:00"), wall("2026-06-04T00:00")))
    assert [one.starts for one in found] == [wall("2026-06-01T08:00")]


def test_whoever_could_fill_a_hole_meets_it_is_not_away_and_not_there_already() -> None:
    nights = Cover(language="es")
    hole = Hole(nights, wall("2026-06-01T22:00"), wall("2026-06-02T06:00"), 0)
    assert could_fill(hole, PEOPLE[0], rota(), NO_POLICY)
    assert not could_fill(hole, PEOPLE[1], rota(), NO_POLICY)
    assert not could_fill(hole, PEOPLE[0], rota(leaves=[Leave(ANA, date(2026, 6, 1), date(2026, 6, 1))]), NO_POLICY)
    assert could_fill(hole, PEOPLE[0], rota(leaves=[Leave(ANA, date(2026, 6, 2), date(2026, 6, 9))]), NO_POLICY)
    assert not could_fill(hole, PEOPLE[0], rota(shift(ANA, "20:00-23:00")), NO_POLICY)
    assert could_fill(hole, PEOPLE[0], rota(shift(ANA, "10:00-22:00")), NO_POLICY)
    on_call = Hole(Cover(role=Role.CLINICIAN, tier=1), hole.starts, hole.ends, 0)
    assert not could_fill(on_call, PEOPLE[3], rota(shift(LEE, "00:00-00:00", tier=1)), NO_POLICY)
    assert could_fill(on_call, PEOPLE[3], rota(shift(LEE, "00:00-00:00", tier=2)), NO_POLICY)


def test_a_requirement_keeps_its_name_while_it_wants_the_same() -> None:
    def name(wants: Cover) -> str:
        return Hole(wants, wall("2026-06-01T22:00"), wall("2026-06-02T06:00"), 0).requirement

    assert name(Cover(language="es")) == name(Cover(language="es"))
    assert len({name(Cover()), name(Cover(minimum=2)), name(Cover(language="es")), name(Cover(days=("sat",)))}) == 4


@pytest.mark.parametrize("zone", ZONES)
def test_a_week_of_nobody_is_one_hole_in_any_zone(zone: str) -> None:
    start = wall("2026-10-28T07:20", ZoneInfo(zone)).astimezone(UTC)
    [hole] = holes(cover(rota(zone=ZoneInfo(zone)), [Cover()], start, start + timedelta(days=7)))
    assert (hole.starts, hole.ends, hole.have) == (start, start + timedelta(days=7), 0)


def test_a_long_hole_is_told_with_both_its_days() -> None:
    starts = wall("2026-03-07T22:00")
    assert wording.span(starts, wall("2026-03-08T06:00"), NEW_YORK) == "Sat 7 Mar 22:00-06:00"
    assert wording.span(starts, wall("2026-03-10T06:00"), NEW_YORK) == "Sat 7 Mar 22:00 - Tue 10 Mar 06:00"
