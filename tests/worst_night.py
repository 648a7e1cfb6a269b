"""Callers, peers, clinicians and every fault at once: a machine that plays nights nobody would think of."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from entrypoints.drill.world import World
from exchange import Phone
from night import CALLERS, STAFF, Night

AWAY = (
    frozenset(),
    frozenset(),
    frozenset({"Ana", "Bo", "Cal"}),
    frozenset({"Ana", "Bo", "Cal", "Lee", "Max"}),
    frozenset({"Bo", "Lee"}),
    frozenset({"Bo", "Cal"}),
)
WORDS = ("hi", "can someone talk", "i took all of my pills, goodbye", "1", "2", "HELP", "START", "still here")
STAFF_WORDS = ("1", "2", "1", "done supported", "done", "busy", "leave", "clinician", "I am here", "A: I am here")
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
PAUSES = st.sampled_from((0.2, 0.6, 1, 2, 3, 5, 8, 12, 21, 31, 47, 65))
people = st.sampled_from(sorted(STAFF))
callers = st.sampled_from(CALLERS)
which = st.integers(0, 5)


class WorstNight(RuleBasedStateMachine):
    """Subclasses say how a world is made."""

    make_world: Callable[[], World]

    def __init__(self) -> None:
        super().__init__()
        self.night: Night | None = None
        self.failed = False

    @initialize(away=st.sampled_from(AWAY), partner=st.booleans())
    def begin(self, away: frozenset[str], partner: bool) -> None:
        self.night = Night(type(self).make_world(), away=away, partner_answers=partner)
        self.world, self.network = self.night.world, self.night.world.network

    # callers

    @rule(name=callers)
    def a_caller_calls(self, name: str) -> None:
        phone = self.night.callers[name]
        if phone.state == "idle":
            phone.dial(self.night.line_number)
        self._then()

    @rule(name=callers)
    def a_caller_hangs_up(self, name: str) -> None:
        phone = self.night.callers[name]
        if phone.state in {"connected", "dialling"}:
            phone.hang_up()
        self._then()

    @precondition(lambda self: self._on_the_line(self.night.callers))
    @rule(n=which, key=st.sampled_from(("9", "2", "1", "1")))
    def a_caller_presses(self, n: int, key: str) -> None:
        self._pick(self._on_the_line(self.night.callers), n).press(key)
        self._then()

    @rule(name=callers, words=st.sampled_from(WORDS))
    def a_caller_texts(self, name: str, words: str) -> None:
        self.night.callers[name].text(self.night.line_number, words)
        self._then()

    @rule(name=callers)
    def a_caller_texts_stop(self, name: str) -> None:
        self.night.callers[name].text(self.night.line_number, "STOP")
        self._then()

    # peers and clinicians

    @precondition(lambda self: self._ringing())
    @rule(n=which)
    def somebody_answers_and_presses_1(self, n: int) -> None:
        phone = self._pick(self._ringing(), n)
        phone.answer()
        self.night.settle()
        if phone.in_call:
            phone.press("1")
        self._then()

    @precondition(lambda self: self._ringing())
    @rule(n=which, how=st.sampled_from(("answer", "decline", "answer_as_voicemail")))
    def a_ringing_phone_is_taken_up(self, n: int, how: str) -> None:
        getattr(self._pick(self._ringing(), n), how)()
        self._then()

    @precondition(lambda self: self._on_the_line(self.night.staff))
    @rule(n=which, keys=st.sampled_from(("1", "1", "2", "*", "*", "*##")))
    def somebody_of_the_staff_presses(self, n: int, keys: str) -> None:
        phone = self._pick(self._on_the_line(self.night.staff), n)
        for key in keys:
            if phone.in_call:
                phone.press(key)
                self.night.settle()
        self._then()

    @precondition(lambda self: self._on_the_line(self.night.staff))
    @rule(n=which)
    def somebody_of_the_staff_hangs_up(self, n: int) -> None:
        self._pick(self._on_the_line(self.night.staff), n).hang_up()
        self._then()

    @rule(name=people, words=st.sampled_from(STAFF_WORDS))
    def somebody_of_the_staff_texts(self, name: str, words: str) -> None:
        if not self.night.staff[name].dead:
            self.night.staff[name].text(self.night.line_number, words)
        self._then()

    # time

    @rule(seconds=PAUSES)
    def time_passes(self, seconds: float) -> None:
        self.night.pass_time(seconds)
        self._then()

    @rule(seconds=st.sampled_from((20, 100, 160)))
    def much_time_passes(self, seconds: float) -> None:
        self.night.pass_time(seconds)
        self._then()

    # faults

    @rule(name=st.sampled_from(sorted(FAULTS)))
    def a_fault_begins(self, name: str) -> None:
        for field, value in FAULTS[name].items():
            setattr(self.network.faults, field, value)

    @rule()
    def the_carrier_works_again(self) -> None:
        self.network.faults.clear()

    @rule(transactions=st.integers(1, 6), after_commit=st.booleans())
    def a_transaction_will_crash(self, transactions: int, after_commit: bool) -> None:
        self.night.crasher.countdown, self.night.crasher.after_commit = transactions, after_commit

    @rule()
    def everything_is_killed_and_started_again(self) -> None:
        self.night.restart()
        self._then()

    @rule(redis=st.booleans(), worker=st.booleans())
    def redis_or_the_worker_goes_or_returns(self, redis: bool, worker: bool) -> None:
        self.world.away.redis, self.world.away.worker = redis, worker

    @rule(seconds=st.sampled_from((1, 4, 9)))
    def the_ticker_is_gone_for_a_while(self, seconds: int) -> None:
        self.world.away.ticker_until = self.world.clock.now() + timedelta(seconds=seconds)

    @rule(name=people)
    def a_number_dies_or_lives_again(self, name: str) -> None:
        self.night.staff[name].dead = not self.night.staff[name].dead

    def teardown(self) -> None:
        if self.night is None:
            return
        try:
            if not self.failed:
                self.night.end()
        finally:
            self.night.close()

    def _then(self) -> None:
        """What was done takes effect, and every rule still holds."""
        self.failed = True
        self.night.settle()
        self.night.check()
        self.failed = False

    def _ringing(self) -> list[Phone]:
        return [phone for phone in [*self.night.staff.values(), *self.night.callers.values()] if phone.ringing]

    def _on_the_line(self, phones: dict[str, Phone]) -> list[Phone]:
        return [phone for phone in phones.values() if phone.in_call]

    def _pick(self, phones: list[Phone], n: int) -> Phone:
        chosen = phones[n % len(phones)]
        note(f"{chosen.name} at {self.world.clock.now():%H:%M:%S.%f}")
        return chosen
