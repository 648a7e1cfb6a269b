"""The auditor in a drill: what is broken on purpose, what it finds and repairs, and what an outside monitor sees."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Text, cast, delete, or_, select, update

from entrypoints.drill.scene import Drill, NotSo
from entrypoints.drill.vocabulary import step
from helpline.audit_policy import Audit, TestContacts
from helpline.nouns import OFFER_HOLDS, Channel, FaultKind, PageState, TimerKind
from helpline.queue import Part
from helpline.tables import Case, Fault, Offer, Page, Probe, Rescue, TimerRow

CHANNELS = {"call": Channel.VOICE, "text": Channel.TEXT}
NEVER = datetime(9999, 1, 1, tzinfo=UTC)


@step("the line is audited")
def _audited(drill: Drill) -> None:
    """The table `audit` with every value as it usually is, so that the next sentence can change one."""
    _add_table(drill, "audit", Audit())


@step("the line tests itself from {number}")
def _tests_itself(drill: Drill, number: str) -> None:
    """The table `test_contacts` with every value as it usually is, and another number of the account."""
    _add_table(drill, "test_contacts", TestContacts(from_number=number))


def _add_table(drill: Drill, name: str, values: Part) -> None:
    lines = "".join(f"{key} = {json.dumps(value)}\n" for key, value in values.model_dump().items())
    drill.rewrite_line(lambda text: f"{text}\n[{name}]\n{lines}")


@step("the disk is full")
def _disk_full(drill: Drill) -> None:
    drill.world.away.disk_free_percent = 1.0


@step("the ticker is killed for good", acts=True)
def _killed_for_good(drill: Drill) -> None:
    drill.world.away.ticker_until = NEVER


@step("the ticker runs again", acts=True)
def _runs_again(drill: Drill) -> None:
    drill.world.away.ticker_until = None


@step("every timer of the contact is lost", acts=True)
def _timers_lost(drill: Drill) -> None:
    _lose(drill, *TimerKind)


@step("the {words} timer of the contact is lost", acts=True)
def _timer_lost(drill: Drill, kind: str) -> None:
    _lose(drill, TimerKind(kind))


@step("a timer of the contact is held by a process that is gone", acts=True)
def _timer_held(drill: Drill) -> None:
    with drill.world.database.work() as work:
        of_contact = TimerRow.subject == str(drill.contact().id)
        work.session.execute(update(TimerRow).where(of_contact).values(leased_until=NEVER))


def _lose(drill: Drill, *kinds: TimerKind) -> None:
    """Take away the timers of the contact, its offers, its pages and its rescue; no part of the system would."""
    contact = drill.contact()
    offers = select(cast(Offer.id, Text)).where(Offer.contact_id == contact.id, Offer.state.in_(OFFER_HOLDS))
    pages = select(cast(Page.id, Text)).join(Case, Case.id == Page.case_id)
    pages = pages.where(Case.contact_id == contact.id, Page.state == PageState.OPEN)
    subject = TimerRow.subject
    rescues = select(cast(Rescue.id, Text)).where(Rescue.contact_id == contact.id, Rescue.ended_at.is_(None))
    whole = subject.in_((str(contact.id), contact.queue))
    theirs = or_(whole, subject.in_(offers), subject.in_(pages), subject.in_(rescues))
    lost = delete(TimerRow).where(TimerRow.kind.in_(kinds), theirs).returning(TimerRow.id)
    with drill.world.database.work() as work:
        if not work.session.scalars(lost).all():
            raise NotSo("the contact has no such timer")


@step("the auditor finds {words} within {n} seconds")
def _finds(drill: Drill, kind: str, n: str) -> None:
    drill.expect(lambda: _open(drill, kind), float(n), f"the auditor did not find {kind} within {n} seconds")


@step("the auditor finds nothing within {n} seconds")
def _finds_nothing(drill: Drill, n: str) -> None:
    anew = drill.world.clock.now()
    drill.never(lambda: any(row.seen_at > anew for row in _faults(drill)), float(n), "the auditor found something")


@step("the auditor repairs {words} within {n} seconds")
def _repairs(drill: Drill, kind: str, n: str) -> None:
    """That a repair was needed is logged as an error: here it was wanted."""
    drill.expected_errors.add("audit.repaired")

    def repaired() -> bool:
        moments = [row.repaired_at for row in _faults(drill) if row.kind == _kind(kind)]
        return any(at is not None and at > drill.since for at in moments)

    drill.expect(repaired, float(n), f"the auditor did not repair {kind} within {n} seconds")


@step("the line is healthy within {n} seconds")
def _healthy(drill: Drill, n: str) -> None:
    drill.expect(lambda: _monitor(drill) == 200, float(n), f"the line is not healthy after {n} seconds")


@step("the line is unhealthy within {n} seconds")
def _unhealthy(drill: Drill, n: str) -> None:
    drill.expect(lambda: _monitor(drill) == 503, float(n), f"the line is healthy after {n} seconds")


@step("the line stays healthy for {n} seconds")
def _stays_healthy(drill: Drill, n: str) -> None:
    drill.never(lambda: _monitor(drill) != 200, float(n), "the line was unhealthy")


@step("a test {channel} comes through within {n} seconds")
def _test_comes(drill: Drill, channel: str, n: str) -> None:
    before = _tests(drill, channel)
    drill.expect(lambda: _tests(drill, channel) > before, float(n), f"no test {channel} came through in {n} seconds")


@step("no test {channel} comes through within {n} seconds")
def _no_test_comes(drill: Drill, channel: str, n: str) -> None:
    before = _tests(drill, channel)
    drill.never(lambda: _tests(drill, channel) > before, float(n), f"a test {channel} came through")


def _tests(drill: Drill, channel: str) -> int:
    """How many tests by this channel have come all the way."""
    through = select(Probe.id).where(Probe.channel == CHANNELS[channel], Probe.held_at.is_not(None))
    with drill.world.database.work() as work:
        return len(work.session.scalars(through).all())


def _monitor(drill: Drill) -> int:
    """What an outside monitor sees at the carrier's door."""
    app: Any = drill.world.app
    return int(app.test_client().get("/healthz").status_code)


def _kind(words: str) -> FaultKind:
    return FaultKind(words.replace(" ", "_"))


def _open(drill: Drill, kind: str) -> bool:
    return any(row.kind == _kind(kind) and row.gone_at is None for row in _faults(drill))


def _faults(drill: Drill) -> list[Fault]:
    with drill.world.database.work() as work:
        return list(work.session.scalars(select(Fault)))
