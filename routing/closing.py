"""What a grave contact lacks before it may close, and who may sign it: functions of values."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from helpline.closing_policy import Closing
from helpline.nouns import Role

SIGNERS = frozenset({Role.SUPERVISOR, Role.CLINICIAN})


class Lack(StrEnum):
    """What has not been said yet of how a contact ended."""

    DISPOSITION = "disposition"
    SAFETY = "safety"


class Objection(StrEnum):
    """Why somebody's signature does not count."""

    ROLE = "role"  # neither supervisor nor clinician
    OWN = "own"  # they held the contact: nobody decides alone
    RESCUE = "rescue"  # help for them is not confirmed yet
    LACKING = "lacking"  # there is nothing yet that could be signed


@dataclass(frozen=True)
class Filing:
    """What somebody says of how a contact ended. `stray` are words that say neither."""

    disposition: str | None = None
    safety: str | None = None
    stray: tuple[str, ...] = ()


def lacking(*, disposition: str | None, safety: str | None, was_held: bool) -> tuple[Lack, ...]:
    """What is still to be said. A contact that nobody held has its disposition from how it left the line."""
    wanted = [(Lack.DISPOSITION, was_held and not disposition), (Lack.SAFETY, not safety)]
    return tuple(lack for lack, lacks in wanted if lacks)


def may_sign(
    role: Role, person: UUID, holders: Collection[UUID], lacks: Collection[Lack], *, in_rescue: bool = False
) -> Objection | None:
    """Why `person` may not sign the contact that `holders` held; None if they may.

    Nothing is closed while somebody is in danger: a contact with an open rescue is not signed.
    """
    if role not in SIGNERS:
        return Objection.ROLE
    if person in holders:
        return Objection.OWN
    if in_rescue:
        return Objection.RESCUE
    return Objection.LACKING if lacks else None


def read_filing(words: Iterable[str], policy: Closing) -> Filing:
    """The words of a filing, in any order: one of the line's words for safety, and one for what the contact was."""
    safety = disposition = None
    stray: list[str] = []
    for word in (one.lower().strip(",.;") for one in words):
        if word in policy.safety and safety is None:
            safety = word
        elif word and disposition is None:
            disposition = word
        elif word:
            stray.append(word)
    return Filing(disposition, safety, tuple(stray))
