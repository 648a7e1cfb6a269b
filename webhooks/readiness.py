"""A call about somebody's time on call: whoever answers presses a key, and is known to be within reach."""

from __future__ import annotations

from carrier import twiml
from helpline.database import Work
from helpline.nouns import DutyState
from helpline.tables import DutyRow
from routing.attendance import presence
from routing.attendance.notices import clock
from webhooks.gate import Form, TurnedAway, identity

PAUSE = 8
STEPS = frozenset({"ask", "answer", "status"})


def request(work: Work, form: Form, *, duty_id: str, step: str) -> str:
    """A request about such a call. A voicemail presses no key, and so proves nothing."""
    row = work.session.get(DutyRow, identity(duty_id))
    if row is None or row.tier is None or step not in STEPS:
        raise TurnedAway(404, "no such time on call")
    if step == "status":
        return twiml.silence()
    if step == "ask":
        opens = clock(work, row.starts_at, row.person_id)
        words = _said(work, "on_call_ready_call", tag=str(row.tier), opens=opens)
        return twiml.ask_key(words, f"/webhooks/voice/ready/{row.id}/answer", wait=PAUSE)
    if form.get("Digits") != "1":
        return twiml.say_and_end(_said(work, "unscreened"))
    if row.state is DutyState.EXPECTED:
        presence.ready(work, row.person_id)
    return twiml.say_and_end(_said(work, "on_call_ready_noted", closes=clock(work, row.ends_at, row.person_id)))


def _said(work: Work, key: str, **facts: str) -> list[tuple[str, str]]:
    line = work.line()
    return [(line.language, line.words(key, None, **facts))]
