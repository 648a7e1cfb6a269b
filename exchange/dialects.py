"""How one carrier speaks the protocol, beside another: what it signs with, and what it says otherwise or not at all."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from exchange.wire import Form

PLACES = frozenset(
    f"{side}{what}" for side in ("From", "To", "Caller", "Called") for what in ("City", "State", "Zip", "Country")
)


@dataclass(frozen=True)
class Dialect:
    """`root` stands before the paths of the REST side; `kept_back` are parameters never sent.

    With `uuids`, ids are UUIDs. With `plain_direction`, REST tells outbound calls from inbound ones and no more.
    With `days_only`, lists are filtered by the day. With `capital_capabilities`, what a number can do is spelled so.
    """

    name: str
    signature_header: str
    root: str = ""
    kept_back: frozenset[str] = frozenset()
    renamed: Mapping[str, str] = field(default_factory=dict)
    inbound_notice: frozenset[str] | None = None
    uuids: bool = False
    plain_direction: bool = False
    days_only: bool = False
    has_balance: bool = True
    capital_capabilities: bool = False
    numbers_requests: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)

    def spoken(self, form: Form) -> Form:
        """The parameters as this carrier sends them."""
        return tuple((self.renamed.get(name, name), value) for name, value in form if name not in self.kept_back)

    def notice(self, form: Form) -> Form:
        """The parameters of the notice about a call that came in."""
        if self.inbound_notice is None:
            return form
        return tuple(pair for pair in form if pair[0] in self.inbound_notice)


TWILIO = Dialect("twilio", "X-Twilio-Signature", numbers_requests=True, headers={"User-Agent": "TwilioProxy/1.1"})
SIGNALWIRE = Dialect(
    "signalwire",
    "X-SignalWire-Signature",
    root="/api/laml",
    kept_back=PLACES | {"Caller", "Called", "StirVerstat", "SmsMessageSid", "SmsSid", "SmsStatus"},
    renamed={"SipResponseCode": "SipResultCode"},
    inbound_notice=frozenset(
        {"CallSid", "AccountSid", "From", "To", "Timestamp", "CallStatus", "CallDuration", "AudioInMos"}
    ),
    uuids=True,
    plain_direction=True,
    days_only=True,
    has_balance=False,
    capital_capabilities=True,
    headers={"User-Agent": "SignalWire"},
)
DIALECTS = {dialect.name: dialect for dialect in (TWILIO, SIGNALWIRE)}
