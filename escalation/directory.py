"""Whom to call so that somebody is sent: by the place where the caller is, or by the area of their number."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from helpline.danger_policy import Service


class By(StrEnum):
    PLACE = "the place"
    AREA = "the area of the number"
    DEFAULT = "the default"


@dataclass(frozen=True)
class Found:
    """The service to call, and what it was found by."""

    service: Service
    by: By


def service_for(directory: Sequence[Service], step: str, number: str | None, place: str) -> Found:
    """The service for the step called `step`. A place goes before a number: people carry numbers across the country.

    Of several areas the narrowest is taken. Every step that sends somebody has a default, as the line file is checked.
    """
    known = [one for one in directory if one.step == step]
    for one in known:
        if any(_is_in(part, place) for part in one.places):
            return Found(one, By.PLACE)
    areas = [one for one in known if one.prefix is not None and (number or "").startswith(one.prefix)]
    if areas:
        return Found(max(areas, key=lambda one: len(one.prefix or "")), By.AREA)
    return Found(next(one for one in known if one.default), By.DEFAULT)


def _is_in(part: str, place: str) -> bool:
    """Whether a place names `part`, as whole words."""
    return re.search(rf"(?<!\w){re.escape(part.casefold())}(?!\w)", place.casefold()) is not None
