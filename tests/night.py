"""One night on the line for tests: a world whose transactions can be made to crash, and somebody who watches it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.exc import SQLAlchemyError

from entrypoints.drill.runner import leaks
from entrypoints.drill.world import World
from entrypoints.people import recruits
from escalation.rules import broken
from exchange import Behaviour, Call, CallStatus, Direction, Phone
from helpline import log
from helpline.database import Work
from helpline.nouns import CONTACT_OVER, OFFER_HOLDS, OFFER_TAKEN, RESCUE_OPEN, WAITING, Channel, Process, SignOffState
from helpline.outbox import TO_DO
from helpline.tables import CommandRow, Contact, Leg, Offer, Person, Rescue, SignOff
from webhooks.gate import in_webhook

STAFF = {
    "Ana": ("peer", "en, es", "yes", ""),
    "Bo": ("peer", "en", "yes", ""),
    "Cal": ("backup", "en", "yes", ""),
    "Lee": ("clinician", "en, es", "", "1"),
    "Max": ("clinician", "en", "", "2"),
    "Sue": ("supervisor", "en", "yes", ""),
}
CALLERS = ("Sam", "Kim", "Luz")
TOLD = (
    "to keep waiting, press 1",
    "para seguir esperando",
    "we keep ringing for you",
    "seguimos llamando",
    "you are back in our line, in front",
    "está de nuevo en nuestra línea",
)
SLACK = 15.0
UNSIGNED = select(SignOff.number).where(SignOff.state != SignOffState.SIGNED).order_by(SignOff.number)
IN_RESCUE = select(Rescue.number).where(Rescue.state.in_(RESCUE_OPEN)).order_by(Rescue.number)
UNREAD = select(Contact.risk).where(Contact.channel == Channel.TEXT)
HOUSEKEEPING = frozenset({"case.exhausted", "risk.failed"})


class BrokenLexicon:
    """Words of danger that cannot be read: whatever the risk engine asks of them fails."""

    def __getattr__(self, name: str) -> Any:
        raise RuntimeError(name)


class Crash(SQLAlchemyError):
    """The process died, or the database went, at the end of a transaction."""


@dataclass
class Crasher:
    """Breaks one transaction of a webhook, a timer or the outbox: the `countdown`th from when it was set."""

    countdown: int = 0
    after_commit: bool = False
    happened: int = 0
    ticking: bool = False

    def wrap(self, opened: Callable[[], Any]) -> Callable[[], Any]:
        @contextmanager
        def work(**how: bool) -> Iterator[Work]:
            dies = self._is_next()
            with opened(**how) as one:
                yield one
                if dies and not self.after_commit:
                    self._die()
            if dies:
                self._die()

        return work

    def _is_next(self) -> bool:
        if not self.countdown or not (self.ticking or in_webhook.get()):
            return False
        self.countdown -= 1
        return self.countdown == 0

    def _die(self) -> None:
        self.happened += 1
        raise Crash


@dataclass
class Night:
    """A world with people in it. `check` asserts what must always hold, `end` what must hold in the morning."""

    world: World
    away: frozenset[str] = frozenset()
    partner_answers: bool = True
    crasher: Crasher = field(default_factory=Crasher)
    errors: list[str] = field(default_factory=list)
    breaches: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._closing = ExitStack()
        self._closing.enter_context(log.watch_errors(self.errors.append))
        self._alone_since: dict[str, datetime] = {}
        self._heard: dict[str, int] = {}
        self._calls_seen: set[str] = set()
        self.line_number = self.world.line.line.number
        self.limit = self.world.line.queue(self.world.line.line.queue).wait_limit
        self._prepare()
        rows = [
            {
                "name": name,
                "role": role,
                "languages": languages,
                "on shift": "" if name in self.away else shift,
                "on call": "" if name in self.away else tier,
                "number": f"+121255501{20 + place:02d}",
            }
            for place, (name, (role, languages, shift, tier)) in enumerate(STAFF.items())
        ]
        self.world.enlist(recruits(rows, "the staff"))
        network = self.world.network
        self.staff = {row["name"]: network.phone(row["number"], name=row["name"]) for row in rows}
        self.callers = {name: network.phone(f"+164655501{place:02d}", name=name) for place, name in enumerate(CALLERS)}
        partner = network.phone(self.world.line.divert.partner_number, name="partner")
        if self.partner_answers:
            partner.auto = Behaviour(answer_after=4, hang_up_after=30)

    def close(self) -> None:
        self._closing.close()

    def restart(self) -> None:
        """Every process is killed and started again."""
        self.world.start_up()
        self._prepare()

    def _prepare(self) -> None:
        """Let transactions of the new stack be crashed; a tick that dies is a ticker that comes back a second later."""
        database, ticker = self.world.database, self.world.stack.ticker
        database.work = self.crasher.wrap(database.work)  # type: ignore[method-assign]
        tick = ticker.tick

        def survive(process: Process | None = Process.TICKER) -> int:
            self.crasher.ticking = True
            try:
                return tick(process)
            except Crash:
                self.world.away.ticker_until = self.world.clock.now() + timedelta(seconds=1)
                return 0
            finally:
                self.crasher.ticking = False

        ticker.tick = survive  # type: ignore[method-assign]

    # what happens

    def holders(self) -> list[str]:
        """Who holds a conversation and can be reached, by name."""
        with self.world.database.work() as work:
            held = select(Person.name).join(Offer, Offer.person_id == Person.id).where(Offer.state.in_(OFFER_TAKEN))
            names = work.session.scalars(held.order_by(Person.place)).all()
        return [name for name in names if not self.staff[name].dead]

    def carrier_is_away(self, away: bool) -> None:
        """Whether the carrier takes no request at all; calls that are up stay up."""
        self.world.away.carrier = away

    def pass_time(self, seconds: float) -> None:
        """Let the clock run, watching at every moment at which anything happens."""
        self.world.run_until(self._look, seconds)

    def pass_until(self, reached: Callable[[], bool], seconds: float) -> bool:
        return self.world.run_until(lambda: self._look() or reached(), seconds)

    def settle(self) -> None:
        self.world.settle()
        self._look()

    # what is watched

    def _look(self) -> bool:
        """Look at the exchange; False always, so that the clock runs on."""
        network, now = self.world.network, self.world.clock.now()
        for phone in self.callers.values():
            self._watch_caller(phone, now)
        for call in list(network.calls.values())[-8:]:
            self._watch_call(call)
        return False

    def _watch_caller(self, phone: Phone, now: datetime) -> None:
        if not phone.in_call:
            self._alone_since.pop(phone.number, None)
            self._heard[phone.number] = len(phone.heard)
            return
        others = self.world.network.heard_by(phone.number)
        if others:
            self._alone_since.pop(phone.number, None)
            strangers = {one.number for one in self.callers.values()} & others
            if strangers:
                self.breaches.append("two callers hear each other")
        else:
            self._alone_since.setdefault(phone.number, now)
        for heard in phone.heard[self._heard.get(phone.number, 0) :]:
            if any(words in heard.text.lower() for words in TOLD) and phone.number in self._alone_since:
                self._alone_since[phone.number] = heard.at
        self._heard[phone.number] = len(phone.heard)
        alone = self._alone_since.get(phone.number)
        if alone is not None and (now - alone - self.limit).total_seconds() > SLACK:
            self.breaches.append(f"{phone.name} was alone for {(now - alone).total_seconds():.0f} s and told nothing")
            self._alone_since[phone.number] = now

    def _watch_call(self, call: Call) -> None:
        """A phone that is busy with us must not be rung by us: it would count as declined."""
        if call.sid in self._calls_seen or call.status is not CallStatus.BUSY:
            return
        self._calls_seen.add(call.sid)
        never_rang = not any(ring.at >= (call.dialled or call.created) for ring in call.phone.rings)
        ours = call.phone.call is not None and call.phone.call.direction is Direction.OUTBOUND_API
        if never_rang and ours and call.phone in self.staff.values():
            self.breaches.append(f"{call.phone.name} was rung while we held their line already")

    def check(self) -> None:
        """What must hold after every commit. Raises AssertionError with every breach."""
        with self.world.database.work() as work:
            found = [*self.breaches, *broken(work), *self._strangers(work)]
            if isinstance(self.world.lexicon, BrokenLexicon):
                found += ["a text is not urgent though nobody could read it"] * work.session.scalars(
                    UNREAD
                ).all().count(0)
        found += [f"an error was logged: {error}" for error in self.errors if not self._expected(error)]
        found += [one for one in self.world.network.complaints if " HTTP 500" not in one and " HTTP 404" not in one]
        found += ["somebody was texted after STOP" for one in self.world.network.rest_log if one.code == 21610]
        assert not found, "\n".join([*found, *self._story()])

    def _story(self) -> list[str]:
        """The journal, for whoever has to find out why."""
        with self.world.database.work() as work:
            events = work.session.execute(
                text(
                    "SELECT to_char(e.at, 'HH24:MI:SS.MS'), left(e.contact_id::text, 4), p.name, e.what, "
                    "e.reasons ->> 'why' FROM event e LEFT JOIN person p ON p.id = e.person_id ORDER BY e.id"
                )
            ).all()
        return ["", *(" ".join(str(part) for part in event if part) for event in events)]

    def _expected(self, error: str) -> bool:
        return " Crash" in error or error.split(" ", 1)[0] in HOUSEKEEPING

    def _strangers(self, work: Work) -> list[str]:
        """Whoever hears somebody is in the same contact."""
        network = self.world.network
        hearing = {phone: network.heard_by(phone.number) for phone in self.staff.values() if phone.in_call}
        if not any(hearing.values()):
            return []
        contact_of = {sid: contact for sid, contact in work.session.execute(select(Leg.sid, Leg.contact_id))}
        found = []
        for phone, others in hearing.items():
            mine = contact_of.get(phone.call.sid) if phone.call else None
            for number in others:
                call = network.phones[number].call
                if call is not None and contact_of.get(call.sid) != mine:
                    found.append(f"{phone.name} hears somebody of another contact")
        return found

    def _is_promised_a_text(self, contact: Contact) -> bool:
        """Who texted 2 at the wait limit goes on waiting, for hours, until a peer is free."""
        waits_for_hours = contact.limit_at - self.world.clock.now() > self.limit
        return contact.channel is Channel.TEXT and contact.state in WAITING and waits_for_hours

    # the morning

    def mend(self) -> None:
        """Every fault is over and every process is there."""
        self.world.network.faults.clear()
        self.world.away.redis = self.world.away.worker = self.world.away.carrier = False
        self.world.away.ticker_until = None
        self.crasher.countdown = 0
        for phone in self.staff.values():
            phone.dead = False

    def end(self, *, slow: bool = True) -> None:
        """Everybody hangs up or files; soon nothing is left open. Raises AssertionError.

        On a slow morning callers first stay on until they were told what happens, and who texts says no more.
        """
        if slow:
            self.pass_time(float(self.limit.total_seconds()) + SLACK)
            self.check()
        self.mend()
        for phone in [*self.callers.values(), *self.staff.values()]:
            if phone.state in {"connected", "dialling"}:
                phone.hang_up()
        if not slow:
            for phone in self.callers.values():
                phone.text(self.line_number, "STOP")
        for _ in range(6):
            self._file_everything()
            self._sign_everything()
            if self.pass_until(lambda: not self._open(), 200):
                break
        self.check()
        left = self._open()
        assert not left, "\n".join([*left, *self._story()])
        assert not leaks(self.world), "\n".join(leaks(self.world))

    def _file_everything(self) -> None:
        with self.world.database.work() as work:
            holding = work.session.execute(
                text(
                    "SELECT p.name, o.tag FROM offer o JOIN person p ON p.id = o.person_id "
                    "WHERE o.state IN ('bridged', 'wrapping') ORDER BY 1, 2"
                )
            ).all()
        for name, tag in holding:
            self.staff[name].text(self.line_number, f"done {tag} supported")
            self.settle()

    def _sign_everything(self) -> None:
        """Sue is a supervisor and holds nothing herself: she ends every rescue and signs whatever was grave."""
        with self.world.database.work() as work:
            said = [f"end {number} safe it is morning" for number in work.session.scalars(IN_RESCUE)]
            said += [f"sign {number} supported unknown" for number in work.session.scalars(UNSIGNED)]
        for words in said:
            self.staff["Sue"].text(self.line_number, words)
            self.settle()

    def _open(self) -> list[str]:
        """What should be over by now. Who was promised a text still waits, and is still asked and paged for."""
        with self.world.database.work() as work:
            contacts = work.session.scalars(select(Contact).where(Contact.state.not_in(CONTACT_OVER))).all()
            promised = {one.id for one in contacts if self._is_promised_a_text(one)}
            found = [
                f"contact {one.id} ({one.channel}) is {one.state} in the morning"
                for one in contacts
                if one.id not in promised
            ]
            if found:
                return found
            for row in work.session.scalars(select(Offer).where(Offer.state.in_(OFFER_HOLDS))):
                if row.contact_id not in promised:
                    found.append(f"an offer is {row.state} in the morning")
            found += [f"contact {number} is unsigned in the morning" for number in work.session.scalars(UNSIGNED)]
            for command in work.session.scalars(select(CommandRow).where(CommandRow.state.in_(TO_DO))):
                if command.contact_id not in promised:
                    found.append(f"a command to {command.kind} is {command.state} in the morning")
            theirs = set(work.session.scalars(select(Leg.sid).where(Leg.contact_id.in_(promised))))
        found += [
            f"a call to or from {call.phone.name} is {call.status} in the morning"
            for call in self.world.network.live_calls()
            if call.sid not in theirs
        ]
        return found
