"""What `helpline doctor` asks of the carrier's account: who we are there, how our number is set, and a test."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from twilio.http import HttpClient
from twilio.rest import Client

from carrier.port import Refused, translated


@dataclass(frozen=True)
class AccountSeen:
    """The account as the carrier reports it: `status` active, suspended or closed; `kind` Trial or Full."""

    status: str
    kind: str
    opened: datetime | None


@dataclass(frozen=True)
class NumberSeen:
    """A number of the account. `settings` are its addresses and methods, by the names the API gives them."""

    sid: str
    number: str
    settings: Mapping[str, str]
    has_voice: bool = True
    has_texts: bool = True
    voice_elsewhere: bool = False
    texts_elsewhere: bool = False


@dataclass(frozen=True)
class TextSeen:
    status: str
    code: int


NOT_THERE = 404
SETTINGS = (
    "voice_url",
    "voice_method",
    "voice_fallback_url",
    "voice_fallback_method",
    "status_callback",
    "status_callback_method",
    "sms_url",
    "sms_method",
)


class CarrierAccount:
    """An account at Twilio, or a project at SignalWire. Each request may raise Refused, Busy or Unclear."""

    def __init__(self, account: str, token: str, http: HttpClient) -> None:
        self._client: Any = Client(account, token, http_client=http)
        self._sid = account

    def account(self) -> AccountSeen:
        with translated():
            seen = self._client.api.v2010.accounts(self._sid).fetch()
        return AccountSeen(str(seen.status), str(seen.type), seen.date_created)

    def balance(self) -> tuple[Decimal, str] | None:
        """What is left to spend and its currency; None if the carrier does not say."""
        try:
            with translated():
                seen = self._client.api.v2010.accounts(self._sid).balance.fetch()
        except Refused as refused:
            if refused.status == NOT_THERE:
                return None
            raise
        try:
            return Decimal(str(seen.balance)), str(seen.currency)
        except InvalidOperation:
            return None

    def number(self, number: str) -> NumberSeen | None:
        """The number, if it belongs to the account."""
        with translated():
            found = self._client.incoming_phone_numbers.list(phone_number=number, limit=20)
        one = next((one for one in found if one.phone_number == number), None)
        if one is None:
            return None
        can = {name.lower(): able for name, able in (one.capabilities or {}).items()}  # SignalWire: Voice, SMS
        return NumberSeen(
            sid=str(one.sid),
            number=number,
            settings={name: str(getattr(one, name) or "") for name in SETTINGS},
            has_voice=bool(can.get("voice", True)),
            has_texts=bool(can.get("sms", True)),
            voice_elsewhere=bool(one.voice_application_sid or one.trunk_sid),
            texts_elsewhere=bool(one.sms_application_sid),
        )

    def set_number(self, sid: str, changes: Mapping[str, str]) -> None:
        """Set these of the number's `settings`; the others stay."""
        with translated():
            self._client.incoming_phone_numbers(sid).update(**changes)

    def say(self, to: str, sender: str, document: str, ring_seconds: int) -> str:
        """Ring `to` and play a whole TwiML document: nothing of ours is asked for. The call's id."""
        with translated():
            made = self._client.calls.create(to=to, from_=sender, twiml=document, timeout=ring_seconds)
        return str(made.sid)

    def call_status(self, sid: str) -> str:
        with translated():
            return str(self._client.calls(sid).fetch().status)

    def hang_up(self, sid: str) -> None:
        with translated():
            self._client.calls(sid).update(status="completed")

    def text(self, to: str, sender: str, words: str) -> str:
        """Send a text whose fate is asked for, not reported. Its id."""
        with translated():
            return str(self._client.messages.create(to=to, from_=sender, body=words).sid)

    def text_status(self, sid: str) -> TextSeen:
        with translated():
            seen = self._client.messages(sid).fetch()
        return TextSeen(str(seen.status), int(seen.error_code or 0))
