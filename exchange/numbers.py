"""Telephone numbers: which are valid, which are the account's own, and where they say they are."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

_E164 = re.compile(r"\+[1-9]\d{6,14}")
_NORTH_AMERICA = re.compile(r"\+1[2-9]\d{2}[2-9]\d{6}")

_PLACES = {
    "206": ("SEATTLE", "WA", "98101"),
    "212": ("NEW YORK", "NY", "10001"),
    "213": ("LOS ANGELES", "CA", "90012"),
    "312": ("CHICAGO", "IL", "60601"),
    "415": ("SAN FRANCISCO", "CA", "94102"),
    "512": ("AUSTIN", "TX", "78701"),
    "617": ("BOSTON", "MA", "02108"),
    "646": ("NEW YORK", "NY", "10001"),
    "718": ("BROOKLYN", "NY", "11201"),
}


@dataclass
class OwnNumber:
    """A number of the account, with where its calls and texts are taken."""

    e164: str
    sid: str
    created: datetime
    voice_url: str = ""
    voice_method: str = "POST"
    voice_fallback_url: str = ""
    voice_fallback_method: str = "POST"
    status_callback: str = ""
    status_callback_method: str = "POST"
    sms_url: str = ""
    sms_method: str = "POST"
    sms_fallback_url: str = ""
    sms_fallback_method: str = "POST"
    friendly_name: str = ""


def is_valid(number: str) -> bool:
    """E.164, and for +1 the ten digits of the North American plan."""
    if number.startswith("+1"):
        return _NORTH_AMERICA.fullmatch(number) is not None
    return _E164.fullmatch(number) is not None


@lru_cache(maxsize=4096)
def place(side: str, number: str) -> tuple[tuple[str, str], ...]:
    """City, state, zip and country as the carrier adds them for ``From``, ``To``, ``Caller`` or ``Called``."""
    city, state, zip_code = _PLACES.get(number[2:5], ("", "", "")) if number.startswith("+1") else ("", "", "")
    country = "US" if number.startswith("+1") else ""
    return (
        (f"{side}City", city),
        (f"{side}State", state),
        (f"{side}Zip", zip_code),
        (f"{side}Country", country),
    )
