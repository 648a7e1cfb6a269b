"""Knocks at our own gate by the public address, as the carrier would. The line refuses what is not for its number."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Mapping

import requests
from twilio.request_validator import RequestValidator

from entrypoints.bootstrap import Account
from entrypoints.doctor.carrier_account import CALLS, TEXTS
from entrypoints.doctor.front_door import Answered, Knocks, Reply, Silent

NOT_OURS = ("+12125550199", "+12125550198")
QUERY = "?z=%2F&a=1"
"""Something that a proxy or framework which sorts or unquotes what it hands on will change."""
PATIENCE = (5.0, 15.0)

Knock = Callable[[str, Mapping[str, str], Mapping[str, str]], Reply]
"""POSTs a form with headers to an address."""


def over_http(url: str, form: Mapping[str, str], headers: Mapping[str, str]) -> Reply:
    """One POST over the network, without following a redirect."""
    begun = time.monotonic()
    try:
        reply = requests.post(url, data=form, headers=headers, timeout=PATIENCE, allow_redirects=False)
    except requests.exceptions.SSLError:
        return Silent("its certificate is not to be trusted")
    except requests.Timeout:
        return Silent("it takes too long")
    except requests.RequestException:
        return Silent("nobody listens there, or the name is unknown")
    return Answered(reply.status_code, time.monotonic() - begun)


def knock_thrice(knock: Knock, account: Account, line_number: str) -> Knocks:
    """A signed call and a signed text for a number that is not the line's, and the call again without a signature."""
    elsewhere = next(number for number in NOT_OURS if number != line_number)
    mark = uuid.uuid4().hex
    common = {"AccountSid": account.sid, "From": elsewhere, "To": elsewhere, "ApiVersion": "2010-04-01"}
    call = {**common, "CallSid": f"CA{mark}", "CallStatus": "ringing", "Direction": "inbound"}
    text = {**common, "MessageSid": f"SM{mark}", "Body": "helpline doctor"}
    return Knocks(
        call=_signed(knock, account, f"{account.public_url}{CALLS}{QUERY}", call),
        text=_signed(knock, account, f"{account.public_url}{TEXTS}{QUERY}", text),
        unsigned=knock(f"{account.public_url}{CALLS}{QUERY}", call, {}),
    )


def _signed(knock: Knock, account: Account, url: str, form: Mapping[str, str]) -> Reply:
    signature = RequestValidator(account.tokens[0]).compute_signature(url, dict(form))
    return knock(url, form, {"X-Twilio-Signature": str(signature)})
