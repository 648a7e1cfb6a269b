"""Silence: it is counted by whose it is and how grave, each step is taken once, and it is never a reason to close."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from escalation.silence import Act, Conversation, Deed, Listen, Whose, listen
from helpline.nouns import Tier
from helpline.silence_policy import SilencePolicy, TexterMinutes

NOON = datetime(2026, 3, 8, 12, tzinfo=UTC)
POLICY = SilencePolicy(peer_minutes=4, texter_minutes=TexterMinutes(imminent=2, high=5, elevated=15))


def at(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def answered(risk: Tier, **more: object) -> Conversation:
    """The texter wrote at noon, and was answered at once."""
    return replace(Conversation(risk, NOON, NOON), **more)  # type: ignore[arg-type]


def left(risk: Tier, **more: object) -> Conversation:
    """The texter wrote at noon, and has no answer."""
    return replace(Conversation(risk, NOON, None), **more)  # type: ignore[arg-type]


def test_a_texter_may_be_silent_the_less_the_graver_it_is() -> None:
    for risk, minutes in ((Tier.IMMINENT, 2), (Tier.HIGH, 5), (Tier.ELEVATED, 15)):
        assert listen(answered(risk), POLICY, at(minutes - 0.1)) == Listen(
            at(minutes), "the texter may be silent for a while"
        )
        act = listen(answered(risk), POLICY, at(minutes))
        assert isinstance(act, Act) and act.deeds == {Deed.REMIND} and act.until == at(2 * minutes)
    assert listen(answered(Tier.NONE), POLICY, at(600)).until is None


def test_after_as_long_again_the_clinician_is_paged_and_it_repeats() -> None:
    for step in range(1, 5):
        act = listen(answered(Tier.HIGH, done=step), POLICY, at(5 * (step + 1)))
        assert isinstance(act, Act) and act.deeds == {Deed.REMIND, Deed.TELL, Deed.PAGE}
        assert listen(answered(Tier.HIGH, done=act.done), POLICY, at(5 * (step + 1))).until == at(5 * (step + 2))


def test_a_clinician_who_is_there_is_not_paged_for_it() -> None:
    act = listen(answered(Tier.HIGH, done=1, clinician_there=True), POLICY, at(10))
    assert isinstance(act, Act) and act.deeds == {Deed.REMIND, Deed.TELL}


def test_a_peer_is_reminded_then_told_of_then_relieved() -> None:
    steps = [listen(left(Tier.NONE, done=done), POLICY, at(4 * (done + 1))) for done in range(3)]
    assert [step.deeds for step in steps if isinstance(step, Act)] == [{Deed.REMIND}, {Deed.TELL}, {Deed.OFFER}]
    grave = listen(left(Tier.HIGH, done=1), POLICY, at(8))
    assert isinstance(grave, Act) and grave.deeds == {Deed.TELL, Deed.PAGE}


def test_what_was_missed_while_nobody_listened_is_made_up_for() -> None:
    act = listen(answered(Tier.HIGH), POLICY, at(11))
    assert isinstance(act, Act) and act.deeds == {Deed.REMIND, Deed.TELL, Deed.PAGE} and act.done == 2


def test_from_which_tier_silence_counts_is_the_lines_to_say() -> None:
    grave_only = POLICY.model_copy(update={"listens_from": "high"})
    assert listen(answered(Tier.ELEVATED), grave_only, at(60)).until is None
    assert isinstance(listen(answered(Tier.HIGH), grave_only, at(60)), Act)


conversations = st.builds(
    Conversation,
    risk=st.sampled_from(Tier),
    asked_at=st.integers(0, 60).map(at),
    answered_at=st.one_of(st.none(), st.integers(0, 60).map(at)),
    clinician_there=st.booleans(),
    done=st.integers(0, 6),
)


@given(conversations, st.integers(60, 600))
def test_each_step_is_taken_once_and_the_next_moment_is_ahead(one: Conversation, minutes: int) -> None:
    verdict = listen(one, POLICY, at(minutes))
    assert verdict.reason
    if verdict.until is not None:
        assert verdict.until > at(minutes)
    if isinstance(verdict, Act):
        assert verdict.done > one.done and verdict.deeds
        assert isinstance(listen(replace(one, done=verdict.done), POLICY, at(minutes)), Listen)


@given(conversations, st.integers(60, 600))
def test_whoever_is_at_risk_is_always_listened_to(one: Conversation, minutes: int) -> None:
    verdict = listen(one, POLICY, at(minutes))
    assert verdict.until is not None or (one.whose is Whose.TEXTER and one.risk is Tier.NONE)
