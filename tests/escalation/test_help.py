"""Help is least invasive first, sends nobody against the line's policy, and nobody on the word of one person."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from escalation.help import (
    DECIDING,
    AskClinician,
    Bar,
    MayNot,
    MaySend,
    NotYou,
    Policy,
    Situation,
    Try,
    Verdict,
    Way,
    Why,
    may_send,
    next_help,
    who_relays,
    whom_to_remind,
    why_not_approve,
    why_not_end,
)
from helpline.danger_policy import HelpStep
from helpline.nouns import HelpOutcome, Role

ANA, LEE, MAX = UUID(int=1), UUID(int=2), UUID(int=3)
STAY = HelpStep(name="stay", words="stay with them")
FRIEND = HelpStep(name="friend", words="a friend comes", consent="wanted")
TEAM = HelpStep(name="team", words="a team goes to them", by="clinician", consent="needed", sends=True)
EMERGENCY = HelpStep(name="emergency", words="emergency services go", consent="wanted", sends=True)
STEPS = (STAY, FRIEND, TEAM, EMERGENCY)


@st.composite
def ladders(draw: st.DrawFn) -> tuple[HelpStep, ...]:
    """Steps as a line file may have them: what sends somebody after what does not, at least one that does not."""
    quiet, loud = draw(st.integers(1, 4)), draw(st.integers(0, 3))
    return tuple(
        HelpStep(
            name=f"step {number}",
            words="do it",
            by=draw(st.sampled_from(["anyone", "clinician"])),
            consent=draw(st.sampled_from(["none", "wanted", "needed"])),
            sends=number >= quiet,
        )
        for number in range(quiet + loud)
    )


roles = st.sampled_from(Role)
situations = st.builds(
    Situation,
    ladders(),
    st.sampled_from(get_args(Policy)),
    st.dictionaries(st.integers(1, 7), st.sampled_from(HelpOutcome)),
    st.sampled_from([None, True, False]),
    st.booleans(),
)
every = given(situations, roles)


def verdicts(case: Situation, by: Role) -> tuple[Verdict, Verdict]:
    return next_help(case, by), may_send(case, by)


def sends(case: Situation, verdict: Verdict) -> bool:
    """Whether the verdict lets somebody be sent, or asked for."""
    return isinstance(verdict, MaySend | AskClinician) and case.step(verdict.step).sends


@every
def test_a_line_that_never_sends_never_does(case: Situation, by: Role) -> None:
    assert not any(sends(case, one) for one in verdicts(replace(case, policy="never"), by))


@every
def test_with_consent_means_that_consent_is_noted(case: Situation, by: Role) -> None:
    if any(sends(case, one) for one in verdicts(replace(case, policy="with_consent"), by)):
        assert case.consent is True


@every
def test_without_consent_only_an_act_under_way_sends_somebody(case: Situation, by: Role) -> None:
    for one in verdicts(case, by):
        if sends(case, one) and case.consent is not True:
            assert case.act and case.policy == "act_under_way"
            assert case.step(one.step).consent != "needed"


@every
def test_a_peers_word_alone_sends_nobody(case: Situation, by: Role) -> None:
    for one in verdicts(case, by):
        assert not isinstance(one, MaySend) or by in DECIDING


@every
def test_nothing_less_invasive_is_skipped_unless_an_act_is_under_way(case: Situation, by: Role) -> None:
    for one in verdicts(case, by):
        if not isinstance(one, MayNot) and not (case.act and case.step(one.step).sends):
            assert set(range(1, one.step)) <= set(case.tried)


@every
def test_what_may_not_be_says_what_would_make_it_possible_and_all_has_its_reason(case: Situation, by: Role) -> None:
    for one in verdicts(case, by):
        assert 1 <= one.step <= len(case.steps)
        assert one.possible if isinstance(one, MayNot) else one.why


@every
def test_what_a_verdict_says_would_make_it_possible_leads_on(case: Situation, by: Role) -> None:
    one = may_send(case, by)
    if isinstance(one, MayNot) and Way.ASK_THEM in one.possible:
        again = may_send(replace(case, consent=True), by)
        assert not isinstance(again, MayNot) or again.bar is Bar.BEFORE
    if isinstance(one, MayNot) and one.bar is Bar.BEFORE:
        again = may_send(replace(case, tried={**case.tried, one.step: HelpOutcome.PASSED}), by)
        assert not isinstance(again, MayNot) or again.step > one.step


@every
def test_asking_to_send_and_asking_what_is_next_agree(case: Situation, by: Role) -> None:
    following, sending = verdicts(case, by)
    if sends(case, following):
        assert following == sending
    if sends(case, sending):
        assert following == sending


def test_help_goes_step_by_step() -> None:
    case = Situation(STEPS, "with_consent")
    assert next_help(case, Role.PEER) == Try(1, (Why.NEXT,))
    case = replace(case, tried={1: HelpOutcome.NO})
    assert next_help(case, Role.PEER) == Try(2, (Why.NEXT,))
    case = replace(case, tried={**case.tried, 2: HelpOutcome.REFUSED})
    assert next_help(case, Role.PEER) == MayNot(3, Bar.CONSENT, (Way.ASK_THEM,))
    case = replace(case, consent=True)
    assert next_help(case, Role.PEER) == AskClinician(3, (Why.NEXT, Why.CONSENT, Why.SECOND))
    assert next_help(case, Role.CLINICIAN) == MaySend(3, (Why.NEXT, Why.CONSENT))
    case = replace(case, tried={**case.tried, 3: HelpOutcome.NO})
    assert next_help(case, Role.CLINICIAN).step == 4


def test_an_act_under_way_goes_to_the_last_step_that_is_possible() -> None:
    case = Situation(STEPS, "act_under_way", act=True)
    assert next_help(case, Role.SUPERVISOR) == MaySend(4, (Why.ACT,))
    case = replace(case, steps=(STAY, TEAM))
    assert next_help(case, Role.SUPERVISOR) == Try(1, (Why.NEXT,))
    assert may_send(case, Role.SUPERVISOR) == MayNot(2, Bar.STEP_CONSENT, (Way.ASK_THEM, Way.SKIP))


def test_a_line_that_sends_nobody_stays_with_what_it_does() -> None:
    case = Situation(STEPS, "never", dict.fromkeys(range(1, 5), HelpOutcome.NO), consent=True)
    for act in (False, True):
        assert next_help(replace(case, act=act), Role.PEER) == Try(2, (Why.NEXT,))


def test_a_clinicians_step_is_not_a_peers_to_do() -> None:
    case = Situation((HelpStep(name="talk", words="a clinician talks with them", by="clinician"),), "never")
    assert next_help(case, Role.PEER) == AskClinician(1, (Why.NEXT, Why.BY_CLINICIAN))
    assert next_help(case, Role.CLINICIAN) == Try(1, (Why.NEXT,))


@given(roles, roles, st.booleans())
def test_nobody_approves_their_own_and_no_peer_approves_at_all(asker: Role, approver: Role, same: bool) -> None:
    bar = why_not_approve(ANA, asker, ANA if same else LEE, asker if same else approver)
    if bar is None:
        assert not same
        assert approver in DECIDING
        assert Role.CLINICIAN in (asker, approver) or asker not in DECIDING


def test_two_clinicians_or_a_clinician_and_a_supervisor_may_and_two_supervisors_may_not() -> None:
    peer, clinician, supervisor = Role.PEER, Role.CLINICIAN, Role.SUPERVISOR
    may = [(peer, clinician), (peer, supervisor), (clinician, clinician), (clinician, supervisor)]
    for asker, approver in [*may, (supervisor, clinician)]:
        assert why_not_approve(LEE, asker, MAX, approver) is None
    assert why_not_approve(LEE, supervisor, MAX, supervisor) is NotYou.TWO_SUPERVISORS
    assert why_not_approve(LEE, clinician, LEE, clinician) is NotYou.SAME


@given(roles, roles)
def test_a_peer_is_never_shown_what_is_sealed(asker: Role, approver: Role) -> None:
    if why_not_approve(ANA, asker, LEE, approver) is None:
        assert {ANA: asker, LEE: approver}[who_relays(ANA, asker, LEE)] in DECIDING


@given(roles, st.sets(st.sampled_from([ANA, LEE, MAX])))
def test_who_holds_the_contact_never_ends_its_rescue_nor_does_a_peer(role: Role, holders: set[UUID]) -> None:
    if why_not_end(ANA, role, holders) is None:
        assert ANA not in holders
        assert role in {Role.CLINICIAN, Role.SUPERVISOR, Role.COORDINATOR}


def test_each_reminder_reaches_more_people_and_never_fewer() -> None:
    assert whom_to_remind(0) == (Role.CLINICIAN,)
    assert whom_to_remind(1) == (Role.CLINICIAN, Role.SUPERVISOR)
    assert whom_to_remind(2) == whom_to_remind(1000) == (Role.CLINICIAN, Role.SUPERVISOR, Role.COORDINATOR)
