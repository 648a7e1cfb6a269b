"""Judges the account with the carrier, and where the line's number takes its calls and texts. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from urllib.parse import urldefrag, urlsplit

from carrier.account import AccountSeen, NumberSeen
from entrypoints.doctor.findings import Finding, fault, listed, ok, skipped, warning

ACCOUNT, BALANCE, NUMBER = "carrier account", "carrier balance", "line's number"
CALLS_AT_ONCE, PACE, TEXTING, RECORDING = "calls at once", "call pace", "texting", "recording"
LOW = Decimal(20)
AUTHENTICATE = frozenset({20003, 20008, 20404})
LIMITED_SINCE = datetime(2026, 2, 3, tzinfo=UTC)
"""Accounts upgraded from then on may hold 2 or 3 calls at once until a business profile is approved."""

CALLS = "/webhooks/voice/incoming"
CALLS_FALLBACK = "/webhooks/voice/fallback"
CALLS_STATUS = "/webhooks/voice/status"
TEXTS = "/webhooks/messages/incoming"
ADDRESSES = {
    "voice_url": ("calls", "voice_method", CALLS),
    "status_callback": ("call status", "status_callback_method", CALLS_STATUS),
    "sms_url": ("texts", "sms_method", TEXTS),
}
FALLBACK = "fallback"
FIX = "Run: helpline doctor --fix"
BIN = "Make a TwiML Bin at the carrier that dials somebody, and set it as the number's voice fallback."


def judge_refusal(code: int, status: int) -> Finding:
    if status == 401 or code in AUTHENTICATE:
        do = "Copy TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN again from the carrier's console."
        return fault(ACCOUNT, "The carrier does not accept the account's SID and token.", do)
    return fault(ACCOUNT, f"The carrier refuses to tell about the account (code {code or status}).", "Ask the carrier.")


def judge_silence(what: str) -> Finding:
    do = "Check this machine's way to the network; without the carrier no peer can be rung."
    return fault(ACCOUNT, f"The carrier does not answer ({what}).", do)


def judge_account(seen: AccountSeen) -> Finding:
    if seen.status.lower() != "active":
        do = "See the carrier's console for the reason: nobody can call the line until it is active."
        return fault(ACCOUNT, f"The carrier's account is {seen.status.lower()}.", do)
    if seen.kind.lower() == "trial":
        found = "It is a trial account: it reaches only numbers you have verified, and callers hear a notice first."
        return fault(ACCOUNT, found, "Upgrade it before the line is opened to anybody.")
    return ok(ACCOUNT, "The carrier accepts the account; it is active and not a trial.")


def judge_balance(balance: tuple[Decimal, str] | None) -> Finding:
    if balance is None:
        return skipped(BALANCE, "The carrier does not say what is left to spend.")
    left, currency = balance
    do = "Add money, and switch on automatic recharge: at nothing the carrier stops answering the number."
    if left <= 0:
        return fault(BALANCE, f"Nothing is left to spend ({left:.2f} {currency}).", do)
    if left < LOW:
        return warning(BALANCE, f"Little is left to spend ({left:.2f} {currency}).", do)
    return ok(BALANCE, f"There is money left to spend ({left:.2f} {currency}).")


def judge_number(seen: NumberSeen | None) -> Finding:
    if seen is None:
        do = "Buy it there, or set line.number in the line file and apply it again."
        return fault(NUMBER, "The line's number does not belong to this account.", do)
    missing = [what for what, has in (("calls", seen.has_voice), ("texts", seen.has_texts)) if not has]
    if missing:
        return fault(NUMBER, f"The line's number cannot take {listed(missing)}.", "Buy a number with voice and SMS.")
    return ok(NUMBER, "The line's number belongs to the account and takes calls and texts.")


def changes_wanted(seen: NumberSeen, public_url: str) -> dict[str, str]:
    """The settings that make the number's calls and texts come to us. A fallback that is set is left alone."""
    wanted: dict[str, str] = {}
    for name, (_, method, path) in ADDRESSES.items():
        if not _is_ours(seen.settings.get(name, ""), public_url, path):
            wanted[name] = f"{public_url}{path}"
        if seen.settings.get(method, "").upper() != "POST":
            wanted[method] = "POST"
    if not seen.settings.get("voice_fallback_url"):
        wanted |= {"voice_fallback_url": f"{public_url}{CALLS_FALLBACK}", "voice_fallback_method": "POST"}
    return wanted


def judge_addresses(seen: NumberSeen, public_url: str, *, demonstration: bool) -> Iterator[Finding]:
    """Where calls, their status and texts are taken, and what happens when this server fails."""
    elsewhere = {"voice_url": seen.voice_elsewhere, "status_callback": seen.voice_elsewhere}
    elsewhere["sms_url"] = seen.texts_elsewhere
    for name, (what, method, path) in ADDRESSES.items():
        if elsewhere[name]:
            do = "In the number's settings at the carrier, choose Webhook instead of an application or a trunk."
            yield fault(what, "The number hands these to an application or trunk, whatever its webhooks say.", do)
        else:
            yield _judge_address(seen.settings, name, what, method, f"{public_url}{path}")
    yield _judge_fallback(seen.settings, public_url, demonstration=demonstration)


def _judge_address(settings: Mapping[str, str], name: str, what: str, method: str, ours: str) -> Finding:
    address = settings.get(name, "")
    if not address:
        return fault(what, "The number has no address for these.", FIX)
    if urldefrag(address).url != ours:
        return fault(what, f"The number sends these to {_without_query(address)}, not to {ours}.", FIX)
    if settings.get(method, "").upper() != "POST":
        return fault(what, f"The number sends these with {settings.get(method) or 'no method'}, not POST.", FIX)
    return ok(what, "The number sends these to us with POST.")


def _judge_fallback(settings: Mapping[str, str], public_url: str, *, demonstration: bool) -> Finding:
    address = settings.get("voice_fallback_url", "")
    if demonstration:
        return skipped(FALLBACK, "A demonstration has no second server for calls to fall back on.")
    if not address:
        return warning(FALLBACK, "Without a fallback, callers hear an error whenever this server fails.", BIN)
    if urlsplit(address).hostname == urlsplit(public_url).hostname:
        return warning(FALLBACK, "The fallback is on this same server, and fails when it fails.", BIN)
    return ok(FALLBACK, f"If this server fails, calls fall back on {urlsplit(address).hostname}.")


def judge_limits(seen: AccountSeen, line_number: str, calls_per_second: float, *, is_twilio: bool) -> Iterator[Finding]:
    """What the carrier limits and does not tell a program."""
    if not is_twilio:
        yield ok(PACE, f"Calls are created at a pace of {calls_per_second:g} a second at most.")
        yield skipped(CALLS_AT_ONCE, "Twilio's limits on accounts do not hold at the exchange.")
    else:
        yield _judge_pace(calls_per_second)
        yield _judge_calls_at_once(seen)
        if line_number.startswith("+1"):
            found = "Texts to the United States are refused (30034) until they are registered (A2P 10DLC)."
            do = "Register brand and campaign, or verify a toll-free number; then try: helpline doctor --text"
            yield skipped(TEXTING, f"{found} The carrier does not tell a program.", do)
    yield ok(RECORDING, "Helpline never asks the carrier to record a call.")


def _judge_pace(calls_per_second: float) -> Finding:
    if calls_per_second > 1:
        found = f"HELPLINE_CALLS_PER_SECOND is {calls_per_second:g}; the carrier starts 1 unless it raised that."
        return warning(PACE, found, "Have it raised in the carrier's console, or set the variable to 1.")
    return ok(PACE, "The line creates at most 1 call a second, as the carrier allows by default.")


def _judge_calls_at_once(seen: AccountSeen) -> Finding:
    do = "Get the business profile (Trust Hub) approved before the line opens: one conversation is two calls."
    if seen.opened is not None and seen.opened >= LIMITED_SINCE:
        found = "An account this new may hold only 2 or 3 calls at once until its business profile is approved."
        return warning(CALLS_AT_ONCE, found, do)
    found = (
        "An account upgraded since 2026-02-03 may hold only 2 or 3 calls at once until its business profile is "
        "approved; the carrier does not tell a program."
    )
    return skipped(CALLS_AT_ONCE, found, do)


def _is_ours(address: str, public_url: str, path: str) -> bool:
    """A fragment only tunes how the carrier connects; it is never sent or signed."""
    return urldefrag(address).url == f"{public_url}{path}"


def _without_query(address: str) -> str:
    """An address without anything that could be a secret."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.hostname or ''}{f':{parts.port}' if parts.port else ''}{parts.path}"
