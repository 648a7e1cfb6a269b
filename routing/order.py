"""The order in which waiting contacts are served: pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from helpline.queue import Ageing
from routing.choose import Waiting


def in_order(contacts: Sequence[Waiting], ageing: Ageing, now: datetime) -> list[Waiting]:
    """By age, to which danger, and having lost one's peer, add a head start.

    Age counts for everybody. A contact waits behind one that came later only if that one came less than its head start
    after it; so nobody is ever passed by somebody who came more than `ageing.bound` later.
    """

    def standing(contact: Waiting) -> tuple[float, str]:
        age = (now - contact.arrived_at).total_seconds()
        return -(age + ageing.head_start(contact.risk, front=contact.front)), str(contact.contact)

    return sorted(contacts, key=standing)
