"""The order in which waiting contacts are served: pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from helpline.line import Ageing
from helpline.nouns import Tier
from routing.choose import Waiting


def in_order(contacts: Sequence[Waiting], ageing: Ageing, now: datetime) -> list[Waiting]:
    """Imminent first; then those who lost their peer; then by age with the tier's head start.

    Age counts for everybody, so a contact without risk waits behind a later one of high risk only if that one came
    less than `ageing.high` seconds after it.
    """

    def standing(contact: Waiting) -> tuple[bool, bool, float, str]:
        head_start = {Tier.ELEVATED: ageing.elevated, Tier.HIGH: ageing.high}.get(contact.risk, 0.0)
        age = (now - contact.arrived_at).total_seconds() + head_start
        return (contact.risk is not Tier.IMMINENT, not contact.front, -age, str(contact.contact))

    return sorted(contacts, key=standing)
