"""What people do about a rescue: they note how help goes, ask for it, decide about it, and say that it has come.

Every function does what one person says, tells whoever it concerns, and answers that person in one sentence with what
comes next. The contact is locked.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from escalation import company, openings, rescue_notices, rescues
from escalation.help import (
    DECIDING,
    AskClinician,
    MayNot,
    MaySend,
    NotYou,
    Try,
    Verdict,
    who_relays,
    why_not_approve,
    why_not_end,
)
from helpline import journal
from helpline.database import Work
from helpline.line import Line
from helpline.nouns import HelpOutcome, RescueEnd, RescueState, Role, Secret
from helpline.privacy import rescue_end_words, rescue_place, step_words
from helpline.tables import Contact, Person, Rescue, RescueStep

NOT_YOU = {
    NotYou.ROLE: "danger_decide_not_yours",
    NotYou.SAME: "danger_same_person",
    NotYou.TWO_SUPERVISORS: "danger_two_supervisors",
}


@dataclass(frozen=True)
class Speaking:
    """Somebody who speaks of a rescue. `handle` is what they call it: the letter of the contact, or its number."""

    work: Work
    contact: Contact
    rescue: Rescue
    person: Person
    handle: str

    @property
    def line(self) -> Line:
        return self.work.line(self.contact.line_version_id)

    @property
    def steps(self) -> int:
        """How many steps of help the line has."""
        return len(self.line.danger.help) if self.line.danger is not None else 0

    def answer(self, key: str, /, **facts: str | int) -> None:
        """Tell them."""
        self.tell([self.person.id], key, **{"tag": self.handle, **facts})

    def tell(self, people: list[UUID | None], key: str, /, **facts: str | int) -> None:
        """Tell others."""
        rescue_notices.tell(self.work, self.contact, self.rescue, people, key, **facts)

    def noted(self, key: str, /, **facts: str | int) -> None:
        """Answer what was noted, and what comes next."""
        what = self.line.words(key, None, **facts)
        self.answer("danger_noted", what=what, why=what_is_next(self))

    def note(self, what: str, **reasons: str | int) -> None:
        """Journal it. No word of anybody is among the reasons."""
        told = {"rescue": str(self.rescue.id), **reasons}
        journal.note(self.work, what, contact=self.contact.id, person=self.person.id, **told)

    def move(self, to: RescueState, why: str) -> None:
        rescues.move(self.work, self.contact, self.rescue, to, why, self.person.id)


def show_steps(one: Speaking) -> None:
    """Every step and how it went, and which is next."""
    policy, tried = one.line.danger, rescues.tried(one.work, one.rescue)
    lines = []
    for number, step in enumerate(policy.help if policy is not None else (), start=1):
        outcome = one.line.words(f"danger_outcome_{tried.get(number, 'open')}")
        lines.append(one.line.words("danger_step", None, count=number, step=step.name, what=outcome))
    place = one.line.words("danger_place_noted") if one.rescue.place is not None else ""
    one.answer("danger_steps", what=" ".join(lines), place=place, why=what_is_next(one))


def what_is_next(one: Speaking) -> str:
    """One sentence: what the rescue waits for, or the next step of help."""
    if one.rescue.state is not RescueState.OPEN:
        facts = {**rescue_notices.about(one.work, one.line, one.rescue), "tag": one.handle}
        return one.line.words(f"danger_state_{one.rescue.state}", None, **facts)
    return _sentence(one, rescues.verdict(one.work, one.contact, one.rescue, one.person.role))


def try_step(one: Speaking, step: int, outcome: HelpOutcome, words: str = "") -> None:
    """A step was tried, or passed over with a reason. Help that did not come after all is asked for anew."""
    if not 1 <= step <= one.steps:
        one.answer("danger_step_unknown", count=one.steps)
        return
    policy = one.line.danger
    sends = policy is not None and policy.step(step).sends
    under_way = one.rescue.state is RescueState.UNDER_WAY and one.rescue.step == step
    if sends and not under_way and outcome is not HelpOutcome.PASSED:
        one.answer("danger_not_sent", count=step, step=_name_of(one, step))
        return
    row_id = one.work.new_id()
    sealed = one.work.vault.seal(words, step_words(row_id)) if words else None
    one.work.session.add(
        RescueStep(
            id=row_id,
            rescue_id=one.rescue.id,
            step=step,
            outcome=outcome,
            person_id=one.person.id,
            at=one.work.now,
            words=sealed,
        )
    )
    one.work.session.flush()
    one.note("rescue.tried", why="somebody said how it went", step=step, outcome=outcome)
    if under_way and outcome is not HelpOutcome.WORKED:
        one.move(RescueState.OPEN, "the help that was sent did not come")
    said = one.line.words(f"danger_outcome_{outcome}")
    one.noted("danger_tried", count=step, step=_name_of(one, step), what=said)


def set_consent(one: Speaking, *, agreed: bool) -> None:
    """The caller agrees that somebody is sent, or does not. What their word forbids from now on is taken back."""
    one.rescue.consent, one.rescue.consent_by = agreed, one.person.id
    one.note("rescue.consent", why="somebody asked the caller", agreed=agreed)
    waits = one.rescue.state in {RescueState.REQUESTED, RescueState.APPROVED}
    if waits and not isinstance(rescues.sending(one.work, one.contact, one.rescue, Role.CLINICIAN), MaySend):
        others: list[UUID | None] = [one.rescue.asked_by, one.rescue.relay_id]
        step = _name_of(one, one.rescue.step or 1)
        openings.take_back(one.work, one.rescue)
        one.move(RescueState.OPEN, "the caller's word forbids it")
        one.tell([other for other in others if other != one.person.id], "danger_taken_back", step=step)
    one.noted("danger_consent_yes" if agreed else "danger_consent_no")


def state_act(one: Speaking) -> None:
    """A clinician or supervisor states that an act is under way."""
    if one.person.role not in DECIDING:
        one.answer("danger_act_not_yours")
        return
    one.rescue.act_at, one.rescue.act_by = one.work.now, one.person.id
    one.note("rescue.act", why="a clinician or supervisor states it")
    one.noted("danger_act")


def keep_place(one: Speaking, words: str) -> None:
    """Keep, sealed, where the caller is. Whoever is calling help already is told, as two people agreed."""
    one.rescue.place = one.work.vault.seal(words, rescue_place(one.rescue.id))
    one.work.session.flush()
    one.note("rescue.place", why="somebody noted it, sealed")
    if one.rescue.state in {RescueState.APPROVED, RescueState.UNDER_WAY}:
        rescue_notices.relay(one.work, one.contact, one.rescue, whats=(Secret.PLACE,))
    one.noted("danger_place")


def ask_to_send(one: Speaking, words: str) -> None:
    """Ask that somebody be sent, if the line's policy allows it. A second person decides."""
    if one.rescue.state is not RescueState.OPEN:
        one.answer("danger_noted", what="", why=what_is_next(one))
        return
    verdict = rescues.sending(one.work, one.contact, one.rescue, one.person.role)
    if isinstance(verdict, MayNot):
        one.answer("danger_noted", what="", why=_sentence(one, verdict))
        return
    openings.ask(one.work, one.rescue, one.person.id, words)
    one.rescue.step, one.rescue.asked_by = verdict.step, one.person.id
    one.move(RescueState.REQUESTED, "somebody asks that help be sent")
    asked = rescue_notices.ask(one.work, one.contact, one.rescue, words)
    one.answer("danger_asked" if asked else "danger_asked_nobody", count=asked)


def approve(one: Speaking, words: str) -> None:
    """The second person says yes, and whoever relays is given what to say."""
    if not _may_decide(one):
        return
    asker = one.work.session.get_one(Person, one.rescue.asked_by)
    verdict = rescues.sending(one.work, one.contact, one.rescue, one.person.role)
    if isinstance(verdict, MayNot):
        one.answer("danger_noted", what="", why=_sentence(one, verdict))
        return
    one.rescue.approved_by = one.person.id
    one.rescue.relay_id = who_relays(asker.id, asker.role, one.person.id)
    openings.approve(one.work, one.rescue, one.person.id, words)
    one.move(RescueState.APPROVED, "a second person approved it")
    rescue_notices.relay(one.work, one.contact, one.rescue)
    relay = one.work.session.get_one(Person, one.rescue.relay_id).name
    one.tell([asker.id, one.person.id], "danger_approved", name=relay)


def relay(one: Speaking) -> None:
    """Give one of the two who decided what they have to say, once more: it is they who speak with the services now."""
    if one.rescue.state not in {RescueState.APPROVED, RescueState.UNDER_WAY}:
        one.answer("danger_noted", what="", why=what_is_next(one))
    elif one.person.id not in {one.rescue.asked_by, one.rescue.approved_by} or one.person.role not in DECIDING:
        one.answer("danger_relay_not_yours")
    else:
        one.rescue.relay_id = one.person.id
        one.note("rescue.relay", why="one of the two asked for the words again")
        rescue_notices.relay(one.work, one.contact, one.rescue)


def decline(one: Speaking, words: str) -> None:
    """The second person says no; whoever asked hears it with the reason, and help goes on from where it was."""
    if not _may_decide(one):
        return
    asker, step = one.rescue.asked_by, _name_of(one, one.rescue.step or 1)
    openings.take_back(one.work, one.rescue)
    one.move(RescueState.OPEN, "a second person declined it")
    one.tell([asker, one.person.id], "danger_declined", step=step, name=one.person.name, why=words)


def sent(one: Speaking) -> None:
    """Those who are sent have been called."""
    if one.rescue.state is not RescueState.APPROVED:
        one.answer("danger_noted", what="", why=what_is_next(one))
        return
    if one.person.role not in DECIDING:
        one.answer("danger_decide_not_yours")
        return
    one.move(RescueState.UNDER_WAY, "they have been called")
    one.tell([*_others(one)], "danger_sent_told")
    one.answer("danger_sent")


def arrived(one: Speaking) -> None:
    """Help is with the caller: the rescue is over."""
    if one.rescue.state is not RescueState.UNDER_WAY:
        one.answer("danger_not_under_way")
        return
    others = _others(one)
    one.move(RescueState.CONFIRMED, "help has come")
    one.tell([*others, one.person.id], "danger_confirmed", name=one.person.name)


def end(one: Speaking, how: RescueEnd, words: str) -> None:
    """Somebody who does not hold the contact ends it with a reason."""
    bar = why_not_end(one.person.id, one.person.role, company.holders(one.work, one.contact))
    if bar is not None:
        one.answer("danger_end_not_yours")
        return
    others = _others(one)
    openings.take_back(one.work, one.rescue)
    one.rescue.ended_as = how
    one.rescue.end_words = one.work.vault.seal(words, rescue_end_words(one.rescue.id))
    one.move(RescueState.ENDED, f"ended as {how}")
    one.tell([*others, one.person.id], "danger_ended", name=one.person.name, what=one.line.words(f"danger_end_{how}"))


def _may_decide(one: Speaking) -> bool:
    """Whether they may be the second person; if not, they are told why."""
    if one.rescue.state is not RescueState.REQUESTED or one.rescue.asked_by is None:
        one.answer("danger_noted", what="", why=what_is_next(one))
        return False
    asker = one.work.session.get_one(Person, one.rescue.asked_by)
    bar = why_not_approve(asker.id, asker.role, one.person.id, one.person.role)
    if bar is not None:
        one.answer(NOT_YOU[bar])
    return bar is None


def _others(one: Speaking) -> list[UUID | None]:
    """Whoever else is part of it: with the caller, responsible, or one of the two who decided."""
    people: list[UUID | None] = [*company.those_there(one.work, one.contact), *company.holders(one.work, one.contact)]
    people += [*company.responsible(one.work, one.contact), one.rescue.asked_by, one.rescue.approved_by]
    return [person for person in dict.fromkeys(people) if person is not None and person != one.person.id]


def _sentence(one: Speaking, verdict: Verdict) -> str:
    """The engine's verdict in the line's words, with what leads on."""
    policy = one.line.danger
    if policy is None:
        return ""
    step = policy.step(verdict.step)
    facts: dict[str, str | int] = {"tag": one.handle, "count": verdict.step, "step": step.name, "what": step.words}
    if isinstance(verdict, MayNot):
        return one.line.words(f"danger_not_{verdict.bar}", None, **facts)
    if isinstance(verdict, Try):
        return one.line.words("danger_next_try", None, **facts)
    by_clinician = isinstance(verdict, AskClinician) and not step.sends
    return one.line.words("danger_next_clinician" if by_clinician else "danger_next_send", None, **facts)


def _name_of(one: Speaking, step: int) -> str:
    return one.line.danger.step(step).name if one.line.danger is not None else ""
