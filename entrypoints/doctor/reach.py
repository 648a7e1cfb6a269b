"""Judges what became of a test call or a test text, and when none may be made. Pure."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from entrypoints.doctor.findings import Finding, fault, ok, skipped, warning

EVENING, MORNING = 22, 8
ANSWERED = frozenset({"in-progress", "completed"})
CALL_OVER = frozenset({"completed", "busy", "no-answer", "failed", "canceled"})
TEXT_OVER = frozenset({"delivered", "read", "undelivered", "failed"})
REFUSALS = {
    10004: "the account holds as many calls at once as it may: get its business profile approved",
    13224: "the number is not valid: correct the roster",
    13227: "the carrier may not call that country: allow it in the carrier's settings (geo permissions)",
    21211: "the number is not valid: correct the roster",
    21215: "the carrier may not call that country: allow it in the carrier's settings (geo permissions)",
    21219: "the account is a trial and the number is not verified: upgrade the account",
    21408: "the carrier may not text that country: allow it in the carrier's settings (geo permissions)",
    21608: "the account is a trial and the number is not verified: upgrade the account",
    21610: "they have sent STOP to this number: ask them to text START to it",
    21614: "the number cannot take texts: correct the roster",
    30003: "their phone is switched off or out of reach: ask them",
    30005: "there is no such phone: correct the roster",
    30006: "the number cannot take texts, a landline perhaps: correct the roster",
    30007: "the mobile network filters it as spam: register the campaign (A2P 10DLC)",
    30034: "the line is not registered for texts to the United States: register brand and campaign (A2P 10DLC)",
}


def is_night(now: datetime, zone: ZoneInfo) -> bool:
    """Between 22:00 and 8:00 where the line is: nobody is woken by a test."""
    return not MORNING <= now.astimezone(zone).hour < EVENING


def held_back(check: str, name: str, *, night: bool, busy: bool, waiting: bool) -> Finding | None:
    """Why this test is not made now, if so."""
    if waiting:
        return skipped(check, f"{name} was not tried: somebody is waiting on the line.", "Try again later.")
    if busy:
        return skipped(check, f"{name} was not tried: they are with somebody, or being asked.", "Try again later.")
    if night:
        do = "Try between 8:00 and 22:00, or add --at-night."
        return skipped(check, f"{name} was not tried: it is night where the line is.", do)
    return None


def judge_call(name: str, status: str) -> Finding:
    check = f"ring {name}"
    if status in ANSWERED:
        return ok(check, f"{name}'s phone was answered, by them or by a voicemail.")
    if status in {"busy", "no-answer", "canceled"}:
        what = "was busy, or they declined" if status == "busy" else "was not answered"
        return warning(check, f"{name}'s phone {what}.", "Ask them whether it rang, and try again.")
    if status == "failed":
        return fault(check, f"The carrier could not reach {name}'s phone.", "Correct the roster, or ask them.")
    return warning(check, f"Nobody knows what became of the call to {name} ({status}).", "Ask them whether it rang.")


def judge_text(name: str, status: str, code: int) -> Finding:
    check = f"text {name}"
    if status in {"delivered", "read"}:
        return ok(check, f"The text to {name} was delivered.")
    if status in {"undelivered", "failed"}:
        return judge_refused(check, name, code)
    found = f"The text to {name} is {status}; whether it arrived is not known after half a minute."
    return warning(check, found, "Ask them whether it came.")


def judge_refused(check: str, name: str, code: int) -> Finding:
    """The carrier will not, or could not, for the reason that `code` names."""
    why, _, do = REFUSALS.get(code, "the carrier's code says why: look it up").partition(": ")
    return fault(check, f"{name} cannot be reached: {why} ({code}).", f"{do[:1].upper()}{do[1:]}.")


def judge_busy(check: str, name: str) -> Finding:
    return skipped(check, f"The carrier took no request, so {name} was not tried.", "Try again later.")


def judge_unclear(check: str, name: str) -> Finding:
    found = f"The carrier did not say whether it tried to reach {name}; it was not asked again."
    return warning(check, found, "Ask them, and try again later.")
