"""Callers, peers, clinicians and every fault at once: a machine that plays nights nobody would think of."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from hypothesis import HealthCheck, Phase, note, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from night import CALLERS, STAFF, BrokenLexicon, Night

from entrypoints.drill.world import World
from exchange import Phone

AWAY = (
    frozenset(),
    frozenset(),
    frozenset({"Ana", "Bo", "Cal"}),
    frozenset({"Ana", "Bo", "Cal", "Lee", "Max"}),
    frozenset({"Bo", "Lee"}),
    frozenset({"Bo", "Cal"}),
)
OUTAGES = ("all killed", "redis", "worker", "carrier", "number", "ticker")
WORDS = (
    "STOP",
    "hi",
    "hi",
    "can someone talk",
    "i took all of my pills, goodbye",
    "1",
    "2",
    "HELP",
    "START",
    "still here",
)
STAFF_WORDS = ("1", "2", "1", "done supported", "done", "busy", "leave", "clinician", "I am here", "A: I am here")
TRANSFERS = (
    *("transfer Ana", "transfer Bo", "transfer A Cal", "transfer to support", "transfer clinician"),
    *("transfer Ana cold", "transfer Bo cold", "transfer to support cold", "transfer clinician cold"),
)
FAULTS = {
    "callbacks twice": {"callbacks_copies": 2},
    "webhooks twice": {"webhooks_copies": 2},
    "out of order": {"callbacks_out_of_order": True},
    "every second callback lost": {"lose_every_nth_callback": 2},
    "every third callback lost": {"lose_every_nth_callback": 3},
    "all callbacks lost": {"lose_all_callbacks": True},
    "callbacks late": {"delay_callbacks": (2.0, 20.0)},
    "calls refused": {"refuse_calls": True},
    "calls refused with 429": {"refuse_calls": True, "refuse_with": 429},
    "replies lost": {"lose_create_replies": True},
}
FULL = 30
"""Steps of a night that counts; some that are begun break off early."""
BATCH = 10
"""More at once, and most would be small changes of one that was played before."""
PAUSE = st.sampled_from((0, 0, 0, 0.4, 1, 3, 7))
LONG = st.sampled_from((10, 10, 21, 21, 31, 31, 47, 160))
people = st.sampled_from(sorted(STAFF))
callers = st.sampled_from(CALLERS)
which = st.integers(0, 5)


class WorstNight(RuleBasedStateMachine):
    """Subclasses say how a world is made. After each act a moment passes; then every rule must still hold."""

    make_world: Callable[..., World]
    nights = 0

    def __init__(self) -> None:
        super().__init__()
        self.night: Night | None = None
        self.failed = False
        self.acts = 0
        self.steps = -1

    @initialize(
        first=st.sampled_from(("calls", "texts", "both")),
        away=st.sampled_from(AWAY),
        partner=st.booleans(),
        engine_fails=st.sampled_from((False, False, False, True)),
        slow=st.sampled_from((*[False] * 7, True, *[False] * 6)),
    )
    def begin(self, first: str, away: frozenset[str], partner: bool, engine_fails: bool, slow: bool) -> None:
        world = type(self).make_world(**({"lexicon": BrokenLexicon()} if engine_fails else {}))
        self.night = Night(world, away=away, partner_answers=partner)
        self.world, self.network, self.slow = world, world.network, slow
        if first in {"calls", "both"}:
            self.night.callers["Sam"].dial(self.night.line_number)
        if first in {"texts", "both"}:
            self.night.callers["Kim"].text(self.night.line_number, "hi")
        self._then(1)

    @invariant()
    def one_more_step(self) -> None:
        self.steps += 1

    # callers

    @rule(name=callers, act=st.sampled_from(("calls", "calls", "hangs up", "9", "2", "1", "1")), pause=PAUSE)
    def a_caller(self, name: str, act: str, pause: float) -> None:
        phone = self.night.callers[name]
        if act == "calls" and phone.state == "idle":
            phone.dial(self.night.line_number)
        elif act == "hangs up" and phone.state in {"connected", "dialling"}:
            phone.hang_up()
        elif act in "921" and phone.in_call:
            phone.press(act)
        self._then(pause)

    @rule(name=callers, words=st.sampled_from(WORDS), pause=PAUSE)
    def a_caller_texts(self, name: str, words: str, pause: float) -> None:
        self.night.callers[name].text(self.night.line_number, words)
        self._then(pause)

    # peers and clinicians

    @precondition(lambda self: self._ringing())
    @rule(n=which, how=st.sampled_from(("yes", "yes", "yes", "answer", "decline", "answer_as_voicemail")), pause=PAUSE)
    def a_phone_that_rings(self, n: int, how: str, pause: float) -> None:
        phone = self._pick(self._ringing(), n)
        getattr(phone, "answer" if how == "yes" else how)()
        self.night.settle()
        if how == "yes" and phone.in_call:
            phone.press("1")
        self._then(pause)

    @precondition(lambda self: self._on_the_line())
    @rule(n=which, act=st.sampled_from(("1", "1", "2", "*", "*", "*##", "hangs up")), pause=PAUSE)
    def somebody_of_the_staff(self, n: int, act: str, pause: float) -> None:
        phone = self._pick(self._on_the_line(), n)
        if act == "hangs up":
            phone.hang_up()
        else:
            for key in act:
                if phone.in_call:
                    phone.press(key)
                    self.night.settle()
        self._then(pause)

    @rule(name=people, words=st.sampled_from(STAFF_WORDS), pause=PAUSE)
    def somebody_of_the_staff_texts(self, name: str, words: str, pause: float) -> None:
        if not self.night.staff[name].dead:
            self.night.staff[name].text(self.night.line_number, words)
        self._then(pause)

    @precondition(lambda self: self.night.holders())
    @rule(n=which, words=st.sampled_from(TRANSFERS), pause=PAUSE)
    def whoever_holds_somebody_passes_them_on(self, n: int, words: str, pause: float) -> None:
        holders = self.night.holders()
        self.night.staff[holders[n % len(holders)]].text(self.night.line_number, words)
        self._then(pause)

    # time

    @precondition(lambda self: self.acts > 4)
    @rule(seconds=LONG)
    def time_passes(self, seconds: float) -> None:
        self._then(seconds)
        self.acts = 0

    # faults

    @rule(name=st.sampled_from(sorted(FAULTS)))
    def a_fault_begins(self, name: str) -> None:
        for field, value in FAULTS[name].items():
            setattr(self.network.faults, field, value)

    @rule()
    def the_carrier_works_again(self) -> None:
        self.network.faults.clear()
        self.night.carrier_is_away(False)

    @rule(transactions=st.integers(1, 6), after_commit=st.booleans())
    def a_transaction_will_crash(self, transactions: int, after_commit: bool) -> None:
        self.night.crasher.countdown, self.night.crasher.after_commit = transactions, after_commit

    @rule(what=st.sampled_from(OUTAGES), name=people, pause=PAUSE)
    def something_goes_or_returns(self, what: str, name: str, pause: float) -> None:
        away = self.world.away
        match what:
            case "all killed":
                self.night.restart()
            case "redis":
                away.redis = not away.redis
            case "worker":
                away.worker = not away.worker
            case "carrier":
                self.night.carrier_is_away(not away.carrier)
            case "number":
                self.night.staff[name].dead = not self.night.staff[name].dead
            case "ticker":
                away.ticker_until = self.world.clock.now() + timedelta(seconds=9)
        self._then(pause)

    def teardown(self) -> None:
        if self.night is None:
            return
        try:
            if not self.failed:
                self.night.end(slow=self.slow)
                type(self).nights += self.steps >= FULL
        finally:
            self.night.close()

    def _then(self, pause: float) -> None:
        """What was done takes effect, a moment passes, and every rule still holds."""
        self.failed = True
        self.acts += 1
        self.night.settle()
        if pause:
            self.night.pass_time(pause)
        self.night.check()
        self.failed = False

    def _ringing(self) -> list[Phone]:
        return [phone for phone in [*self.night.staff.values(), *self.night.callers.values()] if phone.ringing]

    def _on_the_line(self) -> list[Phone]:
        return [phone for phone in self.night.staff.values() if phone.in_call]

    def _pick(self, phones: list[Phone], n: int) -> Phone:
        chosen = phones[n % len(phones)]
        note(f"{chosen.name} at {self.world.clock.now():%H:%M:%S.%f}")
        return chosen


class NightOfTransfers(WorstNight):
    """It begins with somebody who is being passed on, by telephone or by text; then anything may happen."""

    @initialize(
        words=st.sampled_from(("transfer Bo", "transfer Bo", "transfer to support", "transfer Bo cold")),
        by_text=st.sampled_from((False, False, True)),
        joined=st.booleans(),
        slow=st.sampled_from((False, False, True)),
    )
    def begin(self, words: str, by_text: bool, joined: bool, slow: bool) -> None:
        self.night = night = Night(type(self).make_world())
        self.world, self.network, self.slow = night.world, night.world.network, slow
        ana, bo = night.staff["Ana"], night.staff["Bo"]
        if by_text:
            night.callers["Kim"].text(night.line_number, "hi")
            night.pass_time(3)
            ana.text(night.line_number, "1")
        else:
            night.callers["Sam"].dial(night.line_number)
            self._take("Ana")
        ana.text(night.line_number, words)
        if joined and by_text:
            night.pass_time(3)
            bo.text(night.line_number, "1")
        elif joined:
            self._take("Bo")
        self._then(1)

    def _take(self, name: str) -> None:
        phone = self.night.staff[name]
        if self.night.pass_until(lambda: phone.ringing, 5):
            phone.answer()
            self.night.settle()
            phone.press("1")
            self.night.pass_time(3)


def play(make_world: Callable[..., World], wanted: int, first_seed: int, kind: type[WorstNight] = WorstNight) -> int:
    """At least `wanted` full nights, in batches whose seeds count up from `first_seed`. Returns how many there were."""

    class Here(kind):  # type: ignore[misc, valid-type]
        pass

    Here.make_world = staticmethod(make_world)
    chosen = settings(
        max_examples=BATCH,
        stateful_step_count=FULL + 2,
        deadline=None,
        database=None,
        print_blob=False,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
    )
    batch = 0
    while Here.nights < wanted:
        run_state_machine_as_test(seed(first_seed + batch)(Here), settings=chosen)
        batch += 1
    return Here.nights
