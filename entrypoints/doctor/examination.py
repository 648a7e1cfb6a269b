"""The whole examination, in the order in which one thing rests on another; each finding is told as it is made."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy import select

from carrier.account import CarrierAccount, NumberSeen
from carrier.port import Busy, Refused, Unclear
from carrier.standing import standings
from entrypoints.doctor import carrier_account, coverage, people, pulse, second_carrier, servers
from entrypoints.doctor.calling import ring_everybody, text_everybody
from entrypoints.doctor.findings import Finding, fault, skipped
from entrypoints.doctor.front_door import judge_door
from entrypoints.doctor.ground import Ground
from entrypoints.doctor.knocking import knock_thrice
from entrypoints.doctor.people import Member
from escalation import rules
from helpline.database import Database, NoLine, Work
from helpline.line import Line, LineError
from helpline.nouns import CarrierName, Role
from helpline.privacy import SealBroken, person_number
from helpline.settings import is_loopback
from helpline.tables import Person
from shifts.roster import Roster, roster
from shifts.rota import on_duty

Agree = Callable[[NumberSeen, dict[str, str]], bool]
"""Shown what would be set at the carrier, says whether to set it."""


@dataclass(frozen=True)
class Wishes:
    """What was asked for beside looking. `fix` is None unless the number's settings may be changed."""

    fix: Agree | None = None
    ring: bool = False
    text: bool = False
    at_night: bool = False


def examine(ground: Ground, wishes: Wishes) -> Iterator[Finding]:
    """Everything that can be looked at. A check that itself breaks is a fault, and stops none of the others."""
    line: Line | None = None
    if ground.database is not None:
        try:
            line = yield from _database(ground, ground.database)
        except Exception as broken:  # noqa: BLE001 - the carrier is looked at all the same
            yield _broken(servers.DATABASE, broken)
    yield from _guarded("redis", lambda: _doorbell(ground))
    if ground.database is not None and line is not None:
        yield from _life(ground, ground.database)
    yield from _guarded("public address", lambda: _front_door(ground, line))
    yield from _guarded("carrier account", lambda: _carrier(ground, line, wishes.fix))
    yield from _guarded(second_carrier.ACCOUNT, lambda: second_carrier.look_at(ground, line))
    if ground.database is not None and line is not None and ground.second is not None:
        yield from _guarded(second_carrier.HEALTH, lambda: _health(ground.database, line))
    if ground.database is None or line is None:
        yield skipped("people", "Without a database that holds a line, the roster cannot be looked at.")
        return
    database, governing = ground.database, line
    yield from _guarded("people", lambda: _people(ground, database, governing, wishes))


def _database(ground: Ground, database: Database) -> Generator[Finding, None, Line | None]:
    """Whether there is a database with a line in force; returns the line."""
    problem = pulse.database_problem(database)
    yield servers.judge_database(problem)
    if problem:
        return None
    schema = servers.judge_schema(*pulse.schemas(database))
    yield schema
    yield servers.judge_clock(pulse.clock_ahead(ground, database))
    if schema.do:
        return None
    try:
        with database.work() as work:
            line = work.line()
    except NoLine:
        yield servers.judge_line(None, "", None)
        return None
    except LineError as broken:
        yield servers.judge_line(None, "", str(broken))
        return None
    yield servers.judge_line(line.line.name, line.version, None)
    return line


def _doorbell(ground: Ground) -> Iterator[Finding]:
    client, problem = pulse.redis_client(ground.redis_url)
    yield servers.judge_redis(problem or None)
    yield servers.judge_worker(None if client is None else pulse.worker_answers(ground, client))


def _life(ground: Ground, database: Database) -> Iterator[Finding]:
    def ticker() -> Iterator[Finding]:
        with database.work() as work:
            late, failing, waiting = pulse.timers_late(work), pulse.timers_failing(work), pulse.commands_late(work)
        yield servers.judge_ticker(pulse.ticker_answers(ground, database), late, failing)
        yield servers.judge_outbox(waiting)

    def unbroken() -> Iterator[Finding]:
        with database.work() as work:
            yield servers.judge_rules(rules.broken(work))

    yield from _guarded(servers.TICKER, ticker)
    yield from _guarded(servers.RULES, unbroken)


def _health(database: Database | None, line: Line) -> Iterator[Finding]:
    if database is None:
        return
    with database.work() as work:
        yield second_carrier.judge_health(standings(work), has_two=line.carriers is not None)


def _front_door(ground: Ground, line: Line | None) -> Iterator[Finding]:
    account = ground.account
    if account is None:
        yield skipped("public address", "Without an account nothing can be signed, so our gate was not tried.")
        return
    local = is_loopback(urlsplit(account.public_url).hostname or "")
    knocks = knock_thrice(ground.knock, account, line.line.number if line else "")
    yield from judge_door(account.public_url, knocks, local_only=local and not ground.demonstration)


def _carrier(ground: Ground, line: Line | None, fix: Agree | None) -> Iterator[Finding]:
    carrier, account = ground.carrier, ground.account
    if carrier is None or account is None:
        return
    try:
        seen = carrier.account()
        yield carrier_account.judge_account(seen)
        yield carrier_account.judge_balance(carrier.balance())
        if line is not None:
            for number in line.numbers_of(CarrierName.TWILIO):
                yield from _number(ground, carrier, number, fix)
            rate = ground.calls_per_second
            yield from carrier_account.judge_limits(seen, line.line.number, rate, is_twilio=ground.is_twilio)
    except Refused as refused:
        yield carrier_account.judge_refusal(refused.code, refused.status)
    except (Busy, Unclear) as silent:
        yield carrier_account.judge_silence(str(silent))


def _number(ground: Ground, carrier: CarrierAccount, called: str, fix: Agree | None) -> Iterator[Finding]:
    url = ground.account.public_url if ground.account else ""
    number = carrier.number(called)
    yield carrier_account.judge_number(number)
    if number is None:
        return
    changes = carrier_account.changes_wanted(number, url)
    if fix is not None and changes and fix(number, changes):
        carrier.set_number(number.sid, changes)
        number = carrier.number(called) or number
    yield from carrier_account.judge_addresses(number, url, demonstration=ground.demonstration)


def _people(ground: Ground, database: Database, line: Line, wishes: Wishes) -> Iterator[Finding]:
    with database.work() as work:
        members = _members(work)
        now = roster(work)
        quarters = [_quarter(now, line, moment) for moment in coverage.next_day(work.now)]
        on_call = {tier: len(who) for tier, who in now.coverage.on_call.items()}
    ours, partner = line.line.number, line.divert.partner_number
    real = not ground.demonstration
    yield people.judge_roster(members)
    yield from people.judge_numbers(members, ours, partner, real_carrier=real)
    yield people.judge_partner(ours, line.divert.partner_name, partner, real_carrier=real)
    yield people.judge_languages(members, line.line.languages)
    yield coverage.judge_on_call(on_call, _paged_tiers(line))
    yield from coverage.judge_shifts(quarters, line.zone)
    carrier, reachable = ground.carrier, [one for one in members if one.number]
    if carrier is not None and wishes.text:
        yield from text_everybody(ground, database, carrier, reachable, at_night=wishes.at_night)
    if carrier is not None and wishes.ring:
        yield from ring_everybody(ground, database, carrier, reachable, at_night=wishes.at_night)


def _members(work: Work) -> list[Member]:
    def number_of(person: Person) -> str | None:
        try:
            return work.vault.open(person.number, person_number(person.id))
        except SealBroken:
            return None

    found = work.session.scalars(select(Person).where(Person.active).order_by(Person.place))
    return [Member(one.name, one.role, number_of(one), tuple(one.languages)) for one in found]


def _quarter(now: Roster, line: Line, moment: datetime) -> coverage.Quarter:
    """Who will be on shift at `moment`, told by the same rota that routing asks."""
    then = on_duty(now.rota, moment)
    first = set(line.queue(line.line.queue).steps[0].roles)
    on_shift = list(then.serving.values())
    peers = sum(role in first for role in on_shift)
    return coverage.Quarter(moment, peers, sum(role is Role.SUPERVISOR for role in on_shift))


def _paged_tiers(line: Line) -> list[int]:
    ladder = line.ladder
    return sorted({*(step.tier for step in ladder.tiers_by_wait), ladder.risk.imminent.tier, ladder.risk.high.tier})


def _guarded(check: str, look: Callable[[], Iterator[Finding]]) -> Iterator[Finding]:
    try:
        yield from look()
    except Exception as broken:  # noqa: BLE001 - a check that breaks must not hide what the others find
        yield _broken(check, broken)


def _broken(check: str, broken: Exception) -> Finding:
    return fault(check, f"This check itself failed ({type(broken).__name__}).", "Report it, with helpline's version.")
