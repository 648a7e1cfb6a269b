"""Callers who come again: whom they know, what was agreed with them, and that somebody was turned away."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

from entrypoints.drill.scene import Drill, NotSo
from entrypoints.drill.vocabulary import step
from entrypoints.returning import (
    BlockWords,
    PlanWords,
    Refused,
    lift_block,
    make_block,
    make_plan,
    plan_as_json,
    somebody,
)
from helpline.database import Work
from helpline.nouns import AskedBy, Channel
from helpline.tables import Caller
from routing import care, continuity
from routing.contacts import abandon, find_caller, receive
from routing.explain import as_sentences, story_of


@contextmanager
def _about(drill: Drill, name: str) -> Iterator[tuple[Work, Caller]]:
    """One transaction about a caller of the drill, who need not have called yet."""
    phone = drill.caller(name)
    try:
        with drill.world.database.work() as work:
            yield work, find_caller(work, phone.number)
    except Refused as fault:
        raise NotSo(str(fault)) from None


@step("{caller} has asked for {name} again")
def _asked_for(drill: Drill, caller: str, name: str) -> None:
    """In a conversation that lies in the past: it is no part of what the drill counts."""
    with _about(drill, caller) as (work, row):
        past = receive(work, row, Channel.VOICE)
        continuity.ask(work, past, somebody(work, name).id, AskedBy.PEER)
        abandon(work, past, "the caller hung up")
    drill.world.settle()
    drill.forget_contacts()


@step("{caller} has a care plan with {name}")
def _plan_with(drill: Drill, caller: str, name: str) -> None:
    _plan(drill, caller, name, None)


@step("{caller} has a care plan, agreed from {hour} to {hour}")
def _plan_hours(drill: Drill, caller: str, opens: str, closes: str) -> None:
    _plan(drill, caller, None, f"{opens}-{closes}")


@step("{caller} has a care plan with {name}, agreed from {hour} to {hour}")
def _plan_with_hours(drill: Drill, caller: str, name: str, opens: str, closes: str) -> None:
    _plan(drill, caller, name, f"{opens}-{closes}")


@step("the care plan of {caller} tells whoever takes it {words}")
def _plan_notes(drill: Drill, caller: str, notes: str) -> None:
    """Adds the notes to the plan there is."""
    with _about(drill, caller) as (work, row):
        plan = plan_as_json(work, row)
        words = PlanWords(plan["people"], plan["hours"], notes, date.fromisoformat(plan["review_on"]), plan["made_by"])
        make_plan(work, row, words)


@step("the care plan of {caller} ends", acts=True)
def _plan_ends(drill: Drill, caller: str) -> None:
    with _about(drill, caller) as (work, row):
        plan = care.plan_of(work, row.id)
        if plan is None:
            raise NotSo(f"{caller} has no care plan")
        care.end(work, plan)


@step("{caller} is blocked until {day}")
def _blocked(drill: Drill, caller: str, until: str) -> None:
    """By the first of the people, who also looks at it again."""
    with _about(drill, caller) as (work, row):
        policy = work.line().blocks
        reason = policy.reasons[0] if policy is not None else ""
        make_block(work, row, BlockWords(reason, date.fromisoformat(until), _first(drill), _first(drill), _today(work)))


@step("the block of {caller} is lifted", acts=True)
def _lifted(drill: Drill, caller: str) -> None:
    with _about(drill, caller) as (work, row):
        lift_block(work, row, _first(drill))


@step("the story of {caller} tells {words}")
def _story(drill: Drill, caller: str, words: str) -> None:
    told = _told(drill, caller)
    if words.lower() not in told.lower():
        raise NotSo(f'nothing that `helpline explain` tells of {caller} contains "{words}"')


@step("the story of {caller} does not tell {words}")
def _no_story(drill: Drill, caller: str, words: str) -> None:
    if words.lower() in _told(drill, caller).lower():
        raise NotSo(f'`helpline explain` tells of {caller} that "{words}"')


def _told(drill: Drill, caller: str) -> str:
    """What `helpline explain` tells of every contact of a caller."""
    phone = drill.caller(caller)
    with drill.world.database.work() as work:
        row = find_caller(work, phone.number)
        theirs = [one for one in drill.contacts() if one.caller_id == row.id]
        return "\n".join(line for one in theirs for line in as_sentences(story_of(work, str(one.id))))


def _plan(drill: Drill, caller: str, name: str | None, hours: str | None) -> None:
    with _about(drill, caller) as (work, row):
        people = [name] if name else []
        make_plan(work, row, PlanWords(people, hours, None, _today(work) + timedelta(days=30), _first(drill)))


def _first(drill: Drill) -> str:
    if not drill.people:
        raise NotSo("a plan or a block is made by somebody: these people come first")
    return drill.people[0].name


def _today(work: Work) -> date:
    return work.now.astimezone(work.line().zone).date()
