"""One REST request, and how its parameters are read."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from exchange.rest.errors import RestError

Pairs = list[tuple[str, str]]


@dataclass(frozen=True)
class Request:
    """Method, path under the account, query and form."""

    method: str
    path: str
    query: Pairs = field(default_factory=list)
    form: Pairs = field(default_factory=list)
    days_only: bool = False

    def get(self, name: str, default: str = "") -> str:
        """A parameter by name, of the form for a POST and of the query for a GET."""
        return next((value for key, value in self._pairs if key == name), default)

    def all(self, name: str) -> list[str]:
        """Every value of a repeated parameter."""
        return [value for key, value in self._pairs if key == name]

    def has(self, name: str) -> bool:
        """Whether the parameter was sent, even empty."""
        return any(key == name for key, _ in self._pairs)

    def flag(self, name: str, default: bool = False) -> bool:
        """A boolean parameter."""
        return self.get(name, "true" if default else "false").lower() == "true"

    def number(self, name: str, default: int, least: int, most: int) -> int:
        """A whole number within bounds. Raises RestError."""
        text = self.get(name)
        if not text:
            return default
        if not text.isdigit() or not least <= int(text) <= most:
            raise RestError(400, 20001, f"Invalid value for {name}: {text}")
        return int(text)

    def moment(self, name: str) -> datetime | None:
        """A date or a time, ISO 8601 or RFC 2822. Raises RestError."""
        text = self.get(name)
        if not text:
            return None
        try:
            found = datetime.fromisoformat(text)
        except ValueError:
            try:
                found = parsedate_to_datetime(text)
            except ValueError as error:
                raise RestError(400, 20001, f"Invalid value for {name}: {text}") from error
        return found if found.tzinfo else found.replace(tzinfo=UTC)

    def within(self, name: str, moment: datetime | None) -> bool:
        """Whether a time passes the filters ``name``, ``name<`` and ``name>``; a day means all of it."""
        exact, before, after = self.moment(name), self.moment(f"{name}<"), self.moment(f"{name}>")
        if exact is before is after is None:
            return True
        if moment is None:
            return False
        if self.days_only:
            return _day_within(moment, exact, before, after)
        return (
            (exact is None or moment.date() == exact.date())
            and (before is None or moment <= before)
            and (after is None or moment >= after)
        )

    def url(self, name: str) -> str:
        """A web address, or nothing. Raises RestError."""
        text = self.get(name)
        if text and not text.startswith(("http://", "https://")):
            raise RestError(400, 21205 if name == "Url" else 21609, f"{name} is not a valid URL: {text}")
        return text

    def verb(self, name: str) -> str:
        """GET or POST, POST if left out. Raises RestError."""
        text = self.get(name, "POST").upper()
        if text not in ("GET", "POST"):
            raise RestError(400, 21403, f"{name} is not a valid HTTP method: {text}")
        return text

    @property
    def _pairs(self) -> Pairs:
        return self.form if self.method == "POST" else self.query


def _day_within(moment: datetime, exact: datetime | None, before: datetime | None, after: datetime | None) -> bool:
    """Whether the day of a time passes the filters, where the time of day is not looked at."""
    day = moment.date()
    return (
        (exact is None or day == exact.date())
        and (before is None or day <= before.date())
        and (after is None or day >= after.date())
    )
