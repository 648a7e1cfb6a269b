"""Changes of the rota, compared with somebody who counts half hours, and the sentences in which they are refused."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpline.hours import Hours, read_hours
from helpline.nouns import Role
from helpline.rota_limits import Limits
from helpline.rota_policy import Cover, RotaPolicy
from shifts.colleagues import Colleague
from shifts.recurrence import read_recurrence
from shifts.rota import Leave, Occurrence, Override, Rota, Shift
from shifts.taking_part.covering import who_fits
from shifts.taking_part.rules import (
    Allowed,
    NeedsCoordinator,
    Reason,
    Refused,
    Rule,
    Verdict,
    consider,
    could_ever_take,
)
from shifts.taking_part.standing import Change, Standing, Step

NEW_YORK = ZoneInfo("America/New_York")
HALF = timedelta(minutes=30)
MONDAY = date(2026, 5, 4)
ANA, BO, CAL, SUE = (UUID(int=n) for n in range(1, 5))
PEOPLE = {
    ANA: Colleague(ANA, "Ana", Role.PEER, ("en",), ("peer specialist",), place=0),
    BO: Colleague(BO, "Bo", Role.PEER, ("en", "es"), ("peer specialist until 2026-05-07",), place=1),
    CAL: Colleague(CAL, "Cal", Role.BACKUP, ("en", "es"), place=2),
    SUE: Colleague(SUE, "Sue", Role.SUPERVISOR, ("en",), ("peer specialist",), place=3),
}
COVERS = (
    Cover(role=Role.PEER, minimum=1),
    Cover(role=Role.PEER, minimum=2, hours=Hours(time(18), time(2))),
    Cover(role=Role.PEER, language="es", days=("mon", "fri"), hours=Hours(time(20), time(4))),
    Cover(role=Role.SUPERVISOR, minimum=1, hours=Hours(time(8), time(22))),
    Cover(role=Role.CLINICIAN, tier=1, minimum=1),
)


def a_policy(rng: Random) -> RotaPolicy:
    limits = Limits(
        longest_shift_hours=rng.choice([4, 8, 10]),
        week_hours=rng.choice([12, 40]),
        rest_after_night_hours=rng.choice([0, 11]),
        hole_refused_within_hours=rng.choice([0, 48]),
    )
    required = {Role.PEER: ("peer specialist",)} if rng.random() < 0.5 else {}
    return RotaPolicy(cover=tuple(rng.sample(COVERS, k=rng.randint(0, 3))), limits=limits, required=required)


def a_rota(rng: Random) -> Rota:
    shifts = []
    for number in range(rng.randint(3, 9)):
        starts, length = rng.randrange(48), rng.choice([6, 8, 12, 16])
        hours = Hours(_half_hour(starts), _half_hour(starts + length))
        role = rng.choice([Role.PEER, Role.PEER, Role.PEER, Role.BACKUP, Role.SUPERVISOR])
        recurs = read_recurrence(MONDAY + timedelta(days=rng.randrange(5)), rng.choice(["", "FREQ=DAILY"]))
        person = rng.choice([ANA, BO, CAL, SUE, None])
        shifts.append(Shift(UUID(int=100 + number), person, role, hours, recurs, NEW_YORK))
    leaves = [Leave(BO, MONDAY + timedelta(days=2), MONDAY + timedelta(days=3))] if rng.random() < 0.3 else []
    return Rota(NEW_YORK, shifts, (), leaves)


def _half_hour(number: int) -> time:
    return time(number % 48 // 2, number % 2 * 30)


def a_change(rng: Random, plan: Rota) -> Change | None:
    found = [one for n in range(6) for one in plan.beginning_on(MONDAY + timedelta(days=n))]
    if not found:
        return None
    one = rng.choice(found)
    theirs = [other for other in found if other.person not in {None, one.person}]
    if one.person is not None and theirs and rng.random() < 0.4:
        other = rng.choice(theirs)
        return Change((Step(one, other.person), Step(other, one.person)))
    to = rng.choice([ANA, BO, CAL, SUE, None])
    return None if to == one.person else Change((Step(one, to),))


def after(plan: Rota, change: Change) -> Rota:
    changed = {step.occurrence.key: step.to for step in change.steps}
    kept = [one for one in plan.overrides if (one.shift, one.on) not in changed]
    new = [Override(shift, on, to) for (shift, on), to in changed.items()]
    return Rota(plan.zone, plan.shifts, [*kept, *new], plan.leaves, plan.holidays)


class Counting:
    """Somebody who knows no rule of ours by name, and counts who is where in every half hour of ten days."""

    def __init__(self, plan: Rota, policy: RotaPolicy) -> None:
        self.policy, self.zone = policy, plan.zone
        self.leaves = plan.leaves
        start = datetime.combine(MONDAY - timedelta(days=2), time(), plan.zone).astimezone(UTC)
        self.slots = [start + n * HALF for n in range(48 * 11)]
        every = plan.between(self.slots[0], self.slots[-1])
        self.all = [one for one in every if one.person is not None]

    def on(self, person: UUID) -> Counter[datetime]:
        return Counter(at for one in self.all if one.person == person for at in self.slots if one.holds(at))

    def harm_to(self, person: UUID, one: Occurrence, before: Counting) -> set[str]:
        """What having that shift does to somebody."""
        limits = self.policy.limits
        assert limits is not None
        who, here = PEOPLE[person], self.on(person)
        mine = [at for at in self.slots if one.holds(at)]
        found = set()
        if not self.policy.may_serve(who.role, one.role):
            found.add("role")
        if not self.qualified(who, one):
            found.add("certification")
        if any(leave.person == person and leave.first <= one.on <= leave.last for leave in self.leaves):
            return found | {"leave"}
        if any(here[at] > 1 for at in mine):
            return found | {"overlap"}
        run = self.run(here, mine[0])
        if len(run) / 2 > limits.longest_shift_hours:
            found.add("longest")
        if self.week(person, one) > max(limits.week_hours, before.week(person, one)):
            found.add("week")
        if self.restless(here, run, limits):
            found.add("rest")
        return found

    def qualified(self, who: Colleague, one: Occurrence) -> bool:
        if one.role not in self.policy.required:
            return True
        return who.id in {ANA, SUE} or (who.id == BO and one.on <= date(2026, 5, 7))

    def run(self, here: Counter[datetime], at: datetime) -> list[datetime]:
        first = last = at
        while here[first - HALF]:
            first -= HALF
        while here[last + HALF]:
            last += HALF
        return [slot for slot in self.slots if first <= slot <= last]

    def restless(self, here: Counter[datetime], run: list[datetime], limits: Limits) -> bool:
        free = int(limits.rest_after_night_hours * 2)
        soon = [run[-1] + n * HALF for n in range(1, free + 1)]
        if self.night(run) and any(here[at] for at in soon):
            return True
        earlier = next((run[0] - n * HALF for n in range(2, free + 2) if here[run[0] - n * HALF]), None)
        return earlier is not None and run[0] - earlier <= free * HALF and self.night(self.run(here, earlier))

    def night(self, run: list[datetime]) -> bool:
        dark = [at for at in run if not 6 <= at.astimezone(self.zone).hour < 23]
        return len(dark) >= 6

    def week(self, person: UUID, near: Occurrence) -> float:
        monday = near.starts.astimezone(self.zone).date()
        monday -= timedelta(days=monday.weekday())
        return sum(
            (one.ends - one.starts).total_seconds() / 3600
            for one in self.all
            if one.person == person and 0 <= (one.starts.astimezone(self.zone).date() - monday).days < 7
        )

    def there(self, cover: Cover, at: datetime) -> int | None:
        """How many fit the requirement then; None if nothing is wanted."""
        if not cover.is_wanted(at.astimezone(self.zone), frozenset()):
            return None
        fit = {
            one.person
            for one in self.all
            if one.person is not None
            and one.holds(at)
            and (one.role, one.tier) == (cover.role, cover.tier)
            and (cover.language is None or cover.language in PEOPLE[one.person].languages)
            and self.qualified(PEOPLE[one.person], one)
        }
        return len(fit)

    def holes(self, before: Counting) -> list[datetime]:
        """The half hours in which less is there than is wanted, and less than before."""
        found = []
        for cover in self.policy.cover:
            for at in self.slots:
                now, then = self.there(cover, at), before.there(cover, at)
                if now is not None and then is not None and now < min(then, cover.minimum):
                    found.append(at)
        return sorted(found)


NAMES = {
    Rule.ROLE: "role",
    Rule.CERTIFICATION: "certification",
    Rule.LEAVE: "leave",
    Rule.OVERLAP: "overlap",
    Rule.LONGEST: "longest",
    Rule.WEEK: "week",
    Rule.REST: "rest",
    Rule.COVER: "cover",
}


@settings(max_examples=120, deadline=None)
@given(st.integers(0, 10**9))
def test_whatever_is_done_in_any_order_no_rule_is_broken_and_no_hole_opens_without_a_coordinator(seed: int) -> None:
    rng = Random(seed)
    plan, policy = a_rota(rng), a_policy(rng)
    now = datetime.combine(MONDAY - timedelta(days=rng.choice([0, 0, 7])), time(), NEW_YORK)
    for _ in range(6):
        change = a_change(rng, plan)
        if change is None:
            continue
        verdict = consider(change, Standing(plan, PEOPLE, NEW_YORK), policy, now)
        if any(step.occurrence.starts <= now for step in change.steps):
            assert Rule.BEGUN in rules(verdict)
            continue
        changed = after(plan, change)
        counted, before = Counting(changed, policy), Counting(plan, policy)
        gained = [(step.to, step.occurrence) for step in change.steps if step.to is not None]
        harm = {name for person, one in gained for name in counted.harm_to(person, one, before)}
        named = {NAMES[rule] for rule in rules(verdict)} - {"cover"}
        assert harm <= named if "leave" in harm else harm == named  # who is away is counted no further
        if harm:
            continue
        holes = counted.holes(before)
        limits = policy.limits
        assert limits is not None
        soon = now + timedelta(hours=limits.hole_refused_within_hours)
        expected = Allowed if not holes else Refused if holes[0] < soon else NeedsCoordinator
        assert type(verdict) is expected
        if isinstance(verdict, Allowed) or (isinstance(verdict, NeedsCoordinator) and rng.random() < 0.5):
            plan = changed


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**9))
def test_every_change_that_is_not_made_names_a_rule_and_what_would_make_it_allowed(seed: int) -> None:
    rng = Random(seed)
    plan, policy = a_rota(rng), a_policy(rng)
    for _ in range(6):
        change = a_change(rng, plan)
        if change is None:
            continue
        for reason in reasons(consider(change, Standing(plan, PEOPLE, NEW_YORK), policy, noon(4))):
            assert reason.says.endswith(".") and reason.allows.endswith("."), reason
            assert reason.says[0].isupper() and reason.allows[0].isupper(), reason
            assert str(reason.rule)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**9))
def test_giving_something_away_breaks_no_rule_but_that_of_the_line(seed: int) -> None:
    rng = Random(seed)
    plan, policy = a_rota(rng), a_policy(rng)
    for n in range(5):
        for one in plan.beginning_on(MONDAY + timedelta(days=n)):
            if one.person is not None:
                verdict = consider(Change((Step(one, None),)), Standing(plan, PEOPLE, NEW_YORK), policy, noon(1))
                assert set(rules(verdict)) <= {Rule.COVER}


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**9))
def test_whoever_is_asked_to_step_in_may_and_whoever_has_had_the_least_comes_first(seed: int) -> None:
    rng = Random(seed)
    plan, policy = a_rota(rng), a_policy(rng)
    standing, now = Standing(plan, PEOPLE, NEW_YORK), noon(1)
    every = [one for n in range(6) for one in plan.beginning_on(MONDAY + timedelta(days=n))]
    for one in every[:4]:
        fit = who_fits(one, standing, policy, now)
        may = {
            person
            for person in PEOPLE
            if person != one.person
            and isinstance(consider(Change((Step(one, person),)), standing, policy, now), Allowed)
        }
        assert set(fit) == may
        hours = [sum_of(plan, person, now) for person in fit]
        assert hours == sorted(hours)


def test_a_night_is_as_long_by_the_wall_clock_when_the_clocks_are_moved() -> None:
    for day, real in ((date(2026, 3, 7), 7), (date(2026, 10, 31), 9)):
        plan = rota(shift(None, "22:00-06:00", day))
        one = plan.beginning_on(day)[0]
        assert one.length == timedelta(hours=real)
        assert ask(plan, one, ANA, now=datetime(2026, 1, 1, tzinfo=UTC)) == Allowed()


def test_the_twenty_fifth_hour_is_looked_at_too() -> None:
    day = date(2026, 11, 1)
    first, second = shift(ANA, "00:00-01:30", day), shift(BO, "01:30-03:00", day, number=2)
    plan = rota(first, second)
    policy = RotaPolicy(cover=(Cover(minimum=1, hours=read_hours("01:00-02:00")),), limits=Limits())
    one = plan.occurrence(second.id, day)
    assert one is not None
    (reason,) = reasons(consider(Change((Step(one, None),)), Standing(plan, PEOPLE, NEW_YORK), policy, noon(1)))
    assert reason.says.startswith("Sun 1 Nov 01:30-02:00 would have nobody")


def test_a_change_is_judged_by_what_is_there_now_and_not_by_what_somebody_saw() -> None:
    plan = rota(shift(ANA, "18:00-22:00", MONDAY))
    one = plan.beginning_on(MONDAY)[0]
    seen = replace(one, person=BO)
    assert rules(ask(plan, seen, CAL, noon(1))) == [Rule.STANDING]
    assert rules(ask(plan, replace(one, shift=UUID(int=7)), BO, noon(1))) == [Rule.STANDING]
    assert rules(ask(plan, one, UUID(int=99), noon(1))) == [Rule.ROLE]


@pytest.mark.parametrize("seconds", [1, 0])
def test_a_shift_changes_hands_until_the_moment_it_begins(seconds: int) -> None:
    plan = rota(shift(ANA, "18:00-22:00", MONDAY))
    one = plan.beginning_on(MONDAY)[0]
    verdict = ask(plan, one, BO, one.starts - timedelta(seconds=seconds))
    assert isinstance(verdict, Allowed) is (seconds > 0)


def test_somebody_away_or_without_the_training_can_be_offered_no_swap_whatever_they_give() -> None:
    plan = replace(rota(shift(ANA, "18:00-22:00", MONDAY)), leaves=[Leave(BO, MONDAY, MONDAY)])
    policy = RotaPolicy(limits=Limits(), required={Role.PEER: ("peer specialist:2",)})
    one = plan.beginning_on(MONDAY)[0]
    change = Change((Step(one, BO),))
    verdict = could_ever_take(change.steps[0], change, Standing(plan, PEOPLE, NEW_YORK), policy, noon(1))
    assert rules(verdict) == [Rule.CERTIFICATION, Rule.LEAVE]


def noon(day: int) -> datetime:
    return datetime(2026, 5, day, 12, tzinfo=NEW_YORK)


def shift(person: UUID | None, hours: str, first: date, number: int = 1) -> Shift:
    recurs = read_recurrence(first, "")
    return Shift(UUID(int=1000 + number), person, Role.PEER, read_hours(hours), recurs, NEW_YORK)


def rota(*shifts: Shift) -> Rota:
    return Rota(NEW_YORK, shifts)


def ask(plan: Rota, one: Occurrence, to: UUID | None, now: datetime) -> Verdict:
    policy = RotaPolicy(limits=Limits())
    return consider(Change((Step(one, to),)), Standing(plan, PEOPLE, NEW_YORK), policy, now)


def reasons(verdict: Verdict) -> tuple[Reason, ...]:
    return () if isinstance(verdict, Allowed) else verdict.reasons


def rules(verdict: Verdict) -> list[Rule]:
    return [reason.rule for reason in reasons(verdict)]


def sum_of(plan: Rota, person: UUID, now: datetime) -> timedelta:
    near = plan.between(now - timedelta(days=14), now + timedelta(days=14))
    return sum((one.length for one in near if one.person == person), timedelta())
