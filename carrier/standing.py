"""How each carrier stands, kept in the database so that every process knows it; an ill one is asked again by itself."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from carrier.health import WELL, Course, Finding, Health, Heard, Patience, follow, judge
from helpline import journal, outbox
from helpline.carriers import Carriers
from helpline.database import Work
from helpline.log import logger
from helpline.nouns import CarrierName
from helpline.tables import CarrierHealth

log = logger(__name__)


def standings(work: Work) -> Mapping[CarrierName, Finding]:
    """How the carriers are now. One that has never failed is not among them."""
    rows = work.session.scalars(select(CarrierHealth))
    return {row.carrier: judge(_course(row), work.now) for row in rows}


def note(work: Work, carrier: CarrierName, heard: Heard, policy: Carriers) -> None:
    """Write down what a request says about a carrier. One that turns ill is asked later whether it answers again."""
    if heard is Heard.NOTHING:
        return
    if heard is Heard.ANSWER and _is_clean(work.session.get(CarrierHealth, carrier, populate_existing=True)):
        return
    row = _locked(work, carrier)
    before = judge(_course(row), work.now)
    course = follow(_course(row), heard, work.now, _patience(policy))
    row.faults, row.last_fault_at = course.faults, course.last_fault
    row.ill_since, row.trial_at = course.ill_since, course.trial_at
    if course.trial_at is not None:
        outbox.ask_carrier(work, carrier, at=course.trial_at)
    _tell(work, carrier, before, judge(course, work.now))


def _tell(work: Work, carrier: CarrierName, before: Finding, after: Finding) -> None:
    was_well, is_well = before.health is Health.HEALTHY, after.health is Health.HEALTHY
    if was_well and not is_well:
        log.warning("carrier.ill", kind=carrier, reason=after.reason)
        journal.note(work, "carrier.ill", carrier=carrier, why=after.reason)
    elif is_well and not was_well:
        log.warning("carrier.well", kind=carrier)
        journal.note(work, "carrier.well", carrier=carrier, why="it answered")


def _is_clean(row: CarrierHealth | None) -> bool:
    return row is None or _course(row) == WELL


def _locked(work: Work, carrier: CarrierName) -> CarrierHealth:
    work.session.execute(insert(CarrierHealth).values(carrier=carrier, faults=0).on_conflict_do_nothing())
    return work.session.get_one(CarrierHealth, carrier, with_for_update=True, populate_existing=True)


def _patience(policy: Carriers) -> Patience:
    within, again = timedelta(seconds=policy.within_seconds), timedelta(seconds=policy.try_again_seconds)
    return Patience(policy.ill_after, within, again)


def _course(row: CarrierHealth) -> Course:
    return Course(row.faults, row.last_fault_at, row.ill_since, row.trial_at)
