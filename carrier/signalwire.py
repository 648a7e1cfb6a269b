"""SignalWire behind the port: Twilio's protocol in its own dialect (the Compatibility API, formerly LaML).

Written from SignalWire's published specifications; docs/connect-signalwire.md says what could not be tried.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from carrier.port import CallSeen, Twilio, translated

LAML = "/api/laml"
"""What stands before the paths of Twilio's API in a space."""
MOST = 50


class SignalWire(Twilio):
    """A project of a space: its id is the account, its API token the password.

    Lists can be had from a day on only, and a text that is queued has no date of sending: what was made before `since`
    is sorted out here.
    """

    def find_call(self, to: str, since: datetime) -> CallSeen | None:
        with translated():
            made = self._client.calls.list(to=to, start_time_after=_day_of(since), limit=MOST)
        ours = [one for one in made if str(one.direction).startswith("outbound") and _is_since(one, since)]
        return CallSeen(str(ours[0].sid), str(ours[0].status)) if ours else None

    def find_text(self, to: str, body: str, since: datetime) -> str | None:
        with translated():
            made = self._client.messages.list(to=to, limit=MOST)
        ours = [one for one in made if str(one.direction).startswith("outbound") and _is_since(one, since)]
        return next((str(one.sid) for one in ours if one.body == body), None)


def _is_since(made: Any, since: datetime) -> bool:
    """Whether it was made at or after `since`; the API tells whole seconds."""
    return made.date_created is not None and made.date_created >= since - timedelta(seconds=1)


def _day_of(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
