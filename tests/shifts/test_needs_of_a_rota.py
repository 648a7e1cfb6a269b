"""Which slots a line wants filled, compared with somebody who walks through the weeks hour by hour."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from helpline.hours import Hours, read_hours
from helpline.nouns import Role
from helpline.rota_policy import Cover, RotaPolicy
from shifts.proposal import Volunteer
from shifts.proposal.needs import Need, needs
from shifts.recurrence import read_recurrence
from shifts.rota import Override, Rota, Shift

ZONE = ZoneInfo("America/New_York")
FIRST = date(2026, 3, 2)  # the clock goes forward on the 8th
ANA, BO = UUID(int=1), UUID(int=2)
PEOPLE = {
    ANA: Volunteer(ANA, "Ana", frozenset({Role.PEER}), (), languages=frozenset({"en", "es"})),
    BO: Volunteer(BO, "Bo", frozenset({Role.PEER}), (), languages=frozenset({"en"}), queues=frozenset({"youth"})),
}
hours = st.sampled_from(["00:00-00:00", "22:00-06:00", "08:00-18:00", "18:00-22:00", "20:00-02:00"]).map(read_hours)


def moment(day: int, hour: int = 0) -> datetime:
    return datetime.combine(FIRST + timedelta(days=day), time(hour), ZONE).astimezone(UTC)


def shift(number: int, person: UUID | None, at: Hours, rule: str = "FREQ=DAILY", **more: object) -> Shift:
    recurs = read_recurrence(FIRST - timedelta(days=1), rule)
    return Shift(UUID(int=100 + number), person, Role.PEER, at, recurs, ZONE, **more)  # type: ignore[arg-type]


def found(rota: Rota, *covers: Cover, days: int = 7) -> list[Need]:
    return needs(rota, RotaPolicy(cover=covers), PEOPLE, moment(0), moment(days))


@st.composite
def rotas(draw: st.DrawFn) -> Rota:
    some = draw(
        st.lists(
            st.tuples(st.sampled_from([ANA, BO, None]), hours, st.sampled_from(["FREQ=DAILY", "FREQ=WEEKLY"])),
            max_size=3,
        )
    )
    return Rota(ZONE, [shift(n, *one) for n, one in enumerate(some)])


covers = st.builds(
    Cover,
    minimum=st.integers(1, 2),
    target=st.integers(0, 3),
    hours=hours,
    days=st.sampled_from([(), ("sat", "sun"), ("mon",)]),
)


@given(rotas(), st.lists(covers, max_size=3))
def test_with_every_slot_filled_nothing_is_lacking_and_nobody_is_too_many(rota: Rota, wanted: list[Cover]) -> None:
    slots = [need.slot for need in found(rota, *wanted)]
    at = moment(1)
    while at < moment(7):
        wall = at.astimezone(ZONE)
        holding = [one for one in wanted if one.is_wanted(wall, frozenset())]
        there = len({one.person for one in rota.at(at) if one.person is not None})
        new = [slot for slot in slots if slot.starts <= at < slot.ends]
        opened = sum(one.person is None for one in rota.at(at))
        need = max((one.wanted for one in holding), default=0)
        assert sum(slot.target for slot in new) == max(opened, need - there)
        at += timedelta(hours=1)


def test_a_day_is_cut_like_the_usual_shifts_and_by_the_wall_clock() -> None:
    slots = [need.slot for need in found(Rota(ZONE), Cover(minimum=1))]
    assert [f"{slot.starts.astimezone(ZONE):%d %H}" for slot in slots[-5:]] == [
        "07 14",
        "07 22",
        "08 06",
        "08 14",
        "08 22",
    ]
    lengths = {(slot.ends - slot.starts).total_seconds() / 3600 for slot in slots}
    assert lengths == {8, 7}  # one night loses an hour


def test_hours_that_the_line_names_are_kept_whole_and_more_are_wanted_where_it_says() -> None:
    night = Cover(minimum=1, hours=read_hours("20:00-04:00"), days=("mon",))
    rush = Cover(minimum=2, target=3, hours=read_hours("22:00-23:00"), days=("mon",))
    told = [(f"{need.entry.hours}", need.slot.minimum, need.slot.target) for need in found(Rota(ZONE), night, rush)]
    assert told == [("20:00-22:00", 1, 1), ("22:00-23:00", 2, 3), ("23:00-04:00", 1, 1)]


def test_whoever_is_there_already_is_not_wanted_again_and_is_company() -> None:
    rota = Rota(ZONE, [shift(0, BO, read_hours("08:00-18:00"))])
    day = Cover(minimum=1, target=2, hours=read_hours("08:00-18:00"), days=("tue",))
    (early, late) = [need.slot for need in found(rota, day)]
    assert [(slot.minimum, slot.target, slot.company) for slot in (early, late)] == [(0, 1, 1)] * 2


def test_a_language_is_wanted_of_whoever_has_a_slot_at_that_time() -> None:
    day = Cover(minimum=1, hours=read_hours("08:00-18:00"), days=("tue",))
    spanish = Cover(minimum=1, language="es", hours=read_hours("10:00-12:00"), days=("tue",))
    told = [(str(need.entry.hours), dict(need.slot.languages)) for need in found(Rota(ZONE), day, spanish)]
    assert told == [("08:00-14:00", {"es": 1}), ("14:00-18:00", {})]
    without = [need.slot for need in found(Rota(ZONE, [shift(0, BO, read_hours("08:00-18:00"))]), day, spanish)]
    assert [(slot.minimum, dict(slot.languages)) for slot in without] == [(1, {"es": 1})]
    assert not found(Rota(ZONE, [shift(0, ANA, read_hours("08:00-18:00"))]), day, spanish)


def test_an_open_shift_is_a_slot_and_stands_for_one_person_of_the_cover() -> None:
    rota = Rota(ZONE, [shift(0, None, read_hours("22:00-06:00"))], [Override(UUID(int=100), FIRST, ANA)])
    wanted = found(rota, Cover(minimum=1, hours=read_hours("22:00-06:00")), days=3)
    assert [need.slot.id for need in wanted] == [f"open {UUID(int=100)} {FIRST + timedelta(days=n)}" for n in (1, 2)]
    assert wanted[0].entry.first == FIRST + timedelta(days=1)


def test_a_queue_is_served_by_those_who_serve_it() -> None:
    rota = Rota(
        ZONE,
        [
            shift(0, BO, read_hours("08:00-18:00")),
            shift(1, ANA, read_hours("08:00-18:00"), queues=frozenset({"support"})),
        ],
    )
    youth = Cover(minimum=2, queue="youth", hours=read_hours("10:00-18:00"), days=("tue",))
    (need,) = found(rota, youth)
    assert (need.slot.minimum, need.slot.queues, need.entry.queues) == (1, {"youth"}, ("youth",))


def test_on_call_is_no_shift_to_propose() -> None:
    assert not found(Rota(ZONE), Cover(role=Role.CLINICIAN, tier=1))
