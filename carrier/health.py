"""Whether a carrier is well, from how the last requests to it went: a pure circuit breaker, one trial at a time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum


class Health(StrEnum):
    HEALTHY = "healthy"
    ILL = "ill"
    TRYING = "trying"


class Heard(StrEnum):
    """What a request says about the carrier, whatever it says about a number."""

    ANSWER = "answer"
    FAULT = "fault"
    NOTHING = "nothing"


@dataclass(frozen=True)
class Patience:
    """Ill after `ill_after` faults in a row, each within `within` of the last; tried again every `again_after`."""

    ill_after: int
    within: timedelta
    again_after: timedelta


@dataclass(frozen=True)
class Course:
    """How it went lately: `faults` in a row; if it is ill, since when, and when it is tried again."""

    faults: int = 0
    last_fault: datetime | None = None
    ill_since: datetime | None = None
    trial_at: datetime | None = None


@dataclass(frozen=True)
class Finding:
    health: Health
    reason: str


WELL = Course()


def judge(course: Course, now: datetime) -> Finding:
    """How the carrier is at `now`. While it is being tried nothing else is taken to it that another can do."""
    if course.ill_since is None or course.trial_at is None:
        return Finding(Health.HEALTHY, f"{course.faults} requests in a row failed")
    if now < course.trial_at:
        return Finding(Health.ILL, f"{course.faults} requests in a row failed")
    return Finding(Health.TRYING, "it is being asked whether it answers again")


def follow(course: Course, heard: Heard, now: datetime, patience: Patience) -> Course:
    """The course after one more request. Only an answer makes an ill carrier well; a failed trial puts off the next."""
    if heard is Heard.NOTHING:
        return course
    if heard is Heard.ANSWER:
        return WELL
    in_a_row = course.last_fault is not None and now - course.last_fault <= patience.within
    faults = course.faults + 1 if in_a_row or course.ill_since is not None else 1
    failed = replace(course, faults=faults, last_fault=max(now, course.last_fault or now))
    if course.ill_since is None and faults < patience.ill_after:
        return failed
    if course.trial_at is not None and now < course.trial_at:
        return failed
    return replace(failed, ill_since=course.ill_since or now, trial_at=now + patience.again_after)
