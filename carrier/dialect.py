"""How one carrier signs and reads, beside another. Every field that the line reads has the same name in both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from twilio.request_validator import RequestValidator

from helpline.nouns import CarrierName


@dataclass(frozen=True)
class Dialect:
    """The first of `headers` that is there carries the signature.

    With `whole_addresses` a document names every address with scheme and host.
    """

    carrier: CarrierName
    headers: tuple[str, ...]
    whole_addresses: bool = False

    def spoken(self, document: str, public_url: str) -> str:
        """A document of ours as the carrier wants it. Every address in it is one of ours, from /webhooks/ on."""
        if not self.whole_addresses:
            return document
        for before in ('="', ">"):
            document = document.replace(f"{before}/webhooks/", f"{before}{public_url}/webhooks/")
        return document


TWILIO = Dialect(CarrierName.TWILIO, ("X-Twilio-Signature",))
SIGNALWIRE = Dialect(CarrierName.SIGNALWIRE, ("X-SignalWire-Signature", "X-Twilio-Signature"), whole_addresses=True)


@dataclass(frozen=True)
class Trusted:
    """An account whose requests are taken: who it is, how it writes, and the keys it may have signed with."""

    dialect: Dialect
    account: str
    keys: tuple[str, ...]

    def has_signed(self, url: str, form: object, signatures: Mapping[str, str]) -> bool:
        """Whether one of the headers holds its signature (HMAC-SHA1 over address and fields, with or without port)."""
        given = [signatures[name] for name in self.dialect.headers if signatures.get(name)]
        return any(RequestValidator(key).validate(url, form, one) for key in self.keys for one in given[:1])
