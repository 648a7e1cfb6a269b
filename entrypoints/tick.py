"""One tick: every timer that is due is handled, then the outbox is drained. Tickers and workers both run it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta

from sqlalchemy import exists, select

from carrier.dispatch import Dispatcher
from escalation import auditor, cases, pages, probes, quiet, rescues, signing
from escalation.audit import Ground
from escalation.auditor import Auditor
from helpline import inbox, journal, outbox, timers, vital_signs
from helpline.database import Database, NoLine, Work
from helpline.log import logger
from helpline.nouns import Process, TimerKind
from helpline.timers import Due
from routing import callbacks, match, offers, retention, transfers, waiting
from routing.attendance import presence
from shifts.foresight import alarms
from shifts.taking_part.requests import request_due
from webhooks import rota_commands

WHAT_IS_DUE = select(exists().where(timers.IS_DUE), exists().where(outbox.IS_DUE))
STUCK = 5
MOST_ROUNDS = 8
SWEEP_ON = timedelta(seconds=1)
log = logger(__name__)


def sweep(work: Work, subject: str) -> datetime | None:
    """Timer, hourly: forget what the line's retention says is to be forgotten; and the rota goes on being watched."""
    del subject
    inbox.forget(work, timedelta(days=work.line().retention.inbox_days))
    timers.bring_forward(work, TimerKind.ROTA, "line", work.now)
    return work.now + (SWEEP_ON if retention.forget(work) else timedelta(hours=1))


HANDLERS: Mapping[TimerKind, Callable[[Work, str], datetime | None]] = {
    TimerKind.MATCH: match.match,
    TimerKind.OFFER: offers.offer_due,
    TimerKind.LIMIT: waiting.limit_reached,
    TimerKind.DECIDE: waiting.decide,
    TimerKind.PRESENCE: waiting.look_for_caller,
    TimerKind.LADDER: cases.climb,
    TimerKind.PAGE: pages.page_due,
    TimerKind.SILENCE: quiet.silent,
    TimerKind.QUIET: quiet.quiet_due,
    TimerKind.TRANSFER: transfers.transfer_due,
    TimerKind.CALLBACK: callbacks.callback_due,
    TimerKind.REQUEST: request_due,
    TimerKind.SIGN_OFF: signing.due,
    TimerKind.FOLLOW_UP: callbacks.follow_up_due,
    TimerKind.WISH: rota_commands.wish_due,
    TimerKind.SWEEP: sweep,
    TimerKind.COVER: alarms.look,
    TimerKind.ROTA: presence.watch,
    TimerKind.DUTY: presence.duty_due,
    TimerKind.TEST: probes.place,
    TimerKind.RESCUE: rescues.rescue_due,
}


class Ticker:
    """Does what is due. Any number of them may run at once. `look_at_ground` may wait for the network."""

    def __init__(
        self,
        database: Database,
        dispatcher: Dispatcher,
        look_at_ground: Callable[[], Ground] = Ground,
        stopwatch: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._database, self._dispatcher = database, dispatcher
        self._look_at_ground, self._stopwatch = look_at_ground, stopwatch
        self._shown: dict[Process, datetime] = {}

    def tick(self, process: Process | None = Process.TICKER) -> int:
        """Handle what is due and drain the outbox, until neither has more. Returns how much was done.

        `process` is who ticks: every few seconds it shows that it is alive. A rehearsal shows nothing.
        """
        done = 0
        if process is not None:
            self.show_life(process)
        for _ in range(MOST_ROUNDS):
            timers_due, commands_due = self._database.look(WHAT_IS_DUE, now=self._database.now())
            step = (self.fire_due() if timers_due else 0) + (self._dispatcher.drain() if commands_due else 0)
            done += step
            if not step:
                break
        return done

    def show_life(self, process: Process) -> None:
        """Write down that `process` is alive, unless that was done a moment ago."""
        shown, now = self._shown.get(process), self._database.now()
        if shown is None or now - shown >= vital_signs.EVERY:
            with self._database.work() as work:
                vital_signs.beat(work, process)
                with suppress(NoLine):
                    auditor.begin(work)
            self._shown[process] = now

    def fire_due(self) -> int:
        """Handle what is due, each timer in a transaction of its own: a fault in one stops no other.

        What a match has decided leaves at once: somebody waits to be rung, and the other timers can wait for that.
        """
        with self._database.work() as work:
            leased = timers.lease_due(work)
        for due in leased:
            decided = self._fire(due)
            if decided and due.kind is TimerKind.MATCH:
                self._dispatcher.drain()
        return len(leased)

    def _fire(self, due: Due) -> bool:
        """Handle one timer. True if that made something due at once, which this tick sees to: nobody is woken.

        But for the auditor, who wants to know whether anybody can be woken.
        """
        try:
            handle = self._auditor().audit if due.kind is TimerKind.AUDIT else HANDLERS[due.kind]
            with self._database.work(awake=due.kind is not TimerKind.AUDIT) as work:
                if timers.still_due(work, due):
                    again = handle(work, due.subject)
                    timers.done(work, due, again)
        except Exception as fault:  # noqa: BLE001 - a fault in one contact never stops another
            self._failed(due, fault)
            return False
        return work.wanted

    def _auditor(self) -> Auditor:
        """The ground is looked at before anything is locked."""
        return Auditor(self._look_at_ground(), self._stopwatch)

    def _failed(self, due: Due, fault: Exception) -> None:
        log.error("timer.failed", fault=fault, kind=due.kind, timer=due.id, attempts=due.attempts + 1)
        with self._database.work() as work:
            attempts = timers.put_back(work, due)
            if attempts == STUCK:
                journal.note(work, "timer.stuck", kind=due.kind, timer=due.id)
                cases.tell_of_fault(work)
