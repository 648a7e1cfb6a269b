"""Who hears whom: the exchange's own account of it, from its bridges and conferences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from exchange.calls import Call, CallStatus

if TYPE_CHECKING:
    from exchange.network import Exchange


def live_calls_of(network: Exchange, number: str) -> list[Call]:
    """The call a phone is in, if it is answered."""
    phone = network.phones.get(number)
    call = phone.call if phone is not None else None
    return [call] if call is not None and call.status is CallStatus.IN_PROGRESS else []


def hears(network: Exchange, listener: Call, speaker: Call) -> bool:
    """Whether sound goes from the one call to the other now."""
    if listener is speaker or not (listener.live and speaker.live):
        return False
    if listener.bridge is speaker:
        return True
    conference = network.conference_of(listener)
    return conference is not None and conference.hears(listener, speaker)
