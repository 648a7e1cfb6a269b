"""Looks at the account with the second carrier, and at how either has answered lately."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from carrier.account import AccountSeen
from carrier.health import Finding as Standing
from carrier.health import Health
from carrier.port import Busy, Refused, Unclear
from entrypoints.doctor import carrier_account
from entrypoints.doctor.findings import Finding, fault, ok, skipped, warning
from entrypoints.doctor.ground import Ground
from helpline.line import Line
from helpline.nouns import CarrierName

ACCOUNT, HEALTH = "second carrier", "carriers' health"
LEARN = "See docs/connect-signalwire.md."
FIX = "Set it in the number's settings in the space."


def look_at(ground: Ground, line: Line | None) -> Iterator[Finding]:
    """Whether line file and account fit each other, who we are there, and where its numbers take calls and texts.

    Nothing is changed there.
    """
    numbers = line.numbers_of(CarrierName.SIGNALWIRE) if line is not None else ()
    if ground.second is None:
        if numbers:
            found = "The line file gives numbers to a second carrier, and no account with it is set."
            yield fault(ACCOUNT, found, "Set SignalWire's four variables, or take the table carriers out of the file.")
        return
    if line is not None and not numbers:
        found = "An account with a second carrier is set, and the line file gives it no number: it is never used."
        yield warning(ACCOUNT, found, f"Add the table carriers to the line file. {LEARN}")
    try:
        yield judge_account(ground.second.account())
        for called in numbers:
            number = ground.second.number(called)
            yield carrier_account.judge_number(number)
            if number is not None and ground.account is not None:
                url = ground.account.public_url
                for finding in carrier_account.judge_addresses(number, url, demonstration=ground.demonstration):
                    yield Finding(finding.check, finding.verdict, finding.found, finding.do and FIX)
    except Refused as refused:
        yield judge_refusal(refused.code, refused.status)
    except (Busy, Unclear) as silent:
        found = f"The second carrier does not answer ({silent})."
        yield warning(ACCOUNT, found, "Check this machine's way to the space; until then the first stands alone.")


def judge_account(seen: AccountSeen) -> Finding:
    if seen.status.lower() != "active":
        return fault(ACCOUNT, f"The project is {seen.status.lower()}.", "See the space for the reason.")
    if seen.kind.lower() == "trial":
        found = "The project is a trial: it reaches only numbers you have verified."
        return fault(ACCOUNT, found, "Upgrade it before the line relies on it.")
    return ok(ACCOUNT, "The second carrier accepts the project; it is active.")


def judge_refusal(code: int, status: int) -> Finding:
    if status in {401, 403, 404}:
        do = "Copy SIGNALWIRE_PROJECT_ID and SIGNALWIRE_TOKEN again from the space, and check SIGNALWIRE_SPACE_URL."
        return fault(ACCOUNT, "The second carrier does not accept the project and its token.", do)
    return fault(ACCOUNT, f"The second carrier refuses to tell about the project (code {code or status}).", LEARN)


def judge_health(found: Mapping[CarrierName, Standing], *, has_two: bool) -> Finding:
    """`found` is how the carriers stand, as every process of the line knows it."""
    if not has_two:
        return skipped(HEALTH, "The line has one carrier; its health is not kept.")
    ill = [name for name, one in found.items() if one.health is not Health.HEALTHY]
    if ill:
        do = "Nothing, if it passes: pages and texts leave by the other. Calls that are bound to it wait for it."
        return warning(HEALTH, f"{' and '.join(ill)} did not answer lately ({found[ill[0]].reason}).", do)
    return ok(HEALTH, "Both carriers answered when they were last asked.")
