"""The account, its balance and its numbers over REST."""

from __future__ import annotations

from exchange.network import Exchange
from exchange.numbers import OwnNumber
from exchange.rest.bodies import Body, account_body, number_body
from exchange.rest.errors import not_found
from exchange.rest.paging import page
from exchange.rest.request import Request

_URLS = {
    "VoiceUrl": "voice_url",
    "VoiceFallbackUrl": "voice_fallback_url",
    "StatusCallback": "status_callback",
    "SmsUrl": "sms_url",
    "SmsFallbackUrl": "sms_fallback_url",
}
_METHODS = {
    "VoiceMethod": "voice_method",
    "VoiceFallbackMethod": "voice_fallback_method",
    "StatusCallbackMethod": "status_callback_method",
    "SmsMethod": "sms_method",
    "SmsFallbackMethod": "sms_fallback_method",
}


def account(network: Exchange, request: Request) -> Body:
    """The account itself."""
    del request
    return account_body(network)


def balance(network: Exchange, request: Request) -> Body:
    """What is left to spend; it never runs out here. Not every carrier tells."""
    if not network.dialect.has_balance:
        raise not_found(f"/{request.path}")
    return {"account_sid": network.account_sid, "balance": "100.00", "currency": "USD"}


def numbers(network: Exchange, request: Request) -> Body:
    """The numbers, all or those that contain or equal what is asked for."""
    found = [
        number
        for number in network.numbers.values()
        if request.get("PhoneNumber").lstrip("+*") in number.e164
        and request.get("FriendlyName") in ("", number.friendly_name)
    ]
    return page(network, request, "incoming_phone_numbers", found, lambda number: number_body(network, number))


def number(network: Exchange, request: Request, sid: str) -> Body:
    """One number."""
    return number_body(network, _number(network, request, sid))


def change_number(network: Exchange, request: Request, sid: str) -> Body:
    """Take its calls and texts somewhere else."""
    found = _number(network, request, sid)
    for parameter, attribute in _URLS.items():
        if request.has(parameter):
            setattr(found, attribute, request.url(parameter))
    for parameter, attribute in _METHODS.items():
        if request.has(parameter):
            setattr(found, attribute, request.verb(parameter))
    found.friendly_name = request.get("FriendlyName", found.friendly_name)
    return number_body(network, found)


def _number(network: Exchange, request: Request, sid: str) -> OwnNumber:
    for found in network.numbers.values():
        if found.sid == sid:
            return found
    raise not_found(f"/{request.path}")
