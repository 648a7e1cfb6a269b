"""Texters in danger beside the calls of a load test, and how soon a clinician's phone rings for each."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice

from sqlalchemy import select

from entrypoints.bench.crowd import Body, fictional
from entrypoints.bench.phones import Phones
from entrypoints.bench.tally import Row, leg_of, moment
from entrypoints.people import Recruit
from helpline.database import Work
from helpline.nouns import LegRole, Role
from helpline.tables import Caller, Contact, Leg

WORDS = "i took all of my pills"
STOP_AFTER = 3.0
"""Seconds until a texter sends STOP, so that nobody is paged for them again."""
DECLINES_AFTER = 0.3
TEXTERS_FROM, CLINICIANS_FROM = 850, 840
CLINICIANS = 3


@dataclass
class Dangers:
    """One texter every so many seconds, and clinicians who turn each call away: they are free for the next."""

    count: int
    every: float
    sent: dict[str, datetime] = field(default_factory=dict)

    @property
    def roster(self) -> list[Recruit]:
        numbers = islice(fictional(CLINICIANS_FROM), CLINICIANS if self.count else 0)
        return [Recruit(f"Clinician {number[2:]}", Role.CLINICIAN, ("en",), number, tier=1) for number in numbers]

    @property
    def staff(self) -> list[Body]:
        return [{"number": one.number, "behaviour": {"decline_after": DECLINES_AFTER}} for one in self.roster]

    @property
    def texters(self) -> list[Body]:
        return [{"number": number} for number in islice(fictional(TEXTERS_FROM), self.count)]

    @contextmanager
    def under_way(self, phones: Phones, line_number: str) -> Iterator[None]:
        """Text by themselves in another thread, which has ended when this has."""
        texting = threading.Thread(target=self._text, args=(phones, line_number))
        texting.start()
        try:
            yield
        finally:
            texting.join()

    def _text(self, phones: Phones, line_number: str) -> None:
        """Each at its time: the stack that is measured runs on the wall clock, and so do they."""
        stops: list[str] = []
        for texter in self.texters:
            time.sleep(self.every)
            number = str(texter["number"])
            self.sent[number] = datetime.now(UTC)
            phones.act(number, "text", body=WORDS, to=line_number)
            stops.append(number)
            if len(stops) * self.every > STOP_AFTER:
                phones.act(stops.pop(0), "text", body="STOP", to=line_number)
        time.sleep(STOP_AFTER)
        for number in stops:
            phones.act(number, "text", body="STOP", to=line_number)


def clinicians_legs(work: Work, numbers: Sequence[str]) -> dict[str, str]:
    """For each leg that was to ring a clinician, by its id, the number of the texter it was for."""
    keys = {key: number for number in numbers for key in work.vault.fingerprints(number)}
    rows = work.session.execute(
        select(Leg.id, Caller.number_key)
        .join(Contact, Contact.id == Leg.contact_id)
        .join(Caller, Caller.id == Contact.caller_id)
        .where(Leg.role == LegRole.CLINICIAN, Caller.number_key.in_(keys))
    )
    return {str(leg): keys[key] for leg, key in rows}


def latencies(sent: Mapping[str, datetime], creates: Sequence[Row], legs: Mapping[str, str]) -> list[float]:
    """Milliseconds from each texter's words to the first request to ring a clinician for them, where there is one."""
    first: dict[str, datetime] = {}
    for create in creates:
        number = legs.get(leg_of(str(create["url"])))
        if number is not None and int(create["status"]) == 201:
            first[number] = min(moment(create), first.get(number, moment(create)))
    return [(first[number] - at).total_seconds() * 1000 for number, at in sent.items() if number in first]
