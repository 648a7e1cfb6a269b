"""Who may see and do what at people's door: one table, asked by every page."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from helpline.nouns import Role


class Sight(StrEnum):
    """Something that a page shows, or lets somebody do."""

    EVENING = "evening"  # their own state, shifts and conversations
    BOARD = "board"  # every queue, everybody on shift, pages under way
    STORY = "story"  # why a contact went where it went


EVERYBODY = frozenset({Sight.EVENING})
SEES: Mapping[Role, frozenset[Sight]] = {
    Role.PEER: EVERYBODY,
    Role.BACKUP: EVERYBODY,
    Role.CLINICIAN: EVERYBODY | {Sight.BOARD, Sight.STORY},
    Role.SUPERVISOR: EVERYBODY | {Sight.BOARD, Sight.STORY},
    Role.COORDINATOR: EVERYBODY | {Sight.BOARD, Sight.STORY},
}


def may(role: Role, sight: Sight) -> bool:
    """Whether somebody of this role may see it."""
    return sight in SEES[role]


def first_page(role: Role) -> Sight:
    """What somebody of this role sees when they come in."""
    return Sight.BOARD if may(role, Sight.BOARD) else Sight.EVENING
