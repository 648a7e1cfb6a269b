"""The carrier's errors, with its codes and its JSON."""

from __future__ import annotations


class RestError(Exception):
    """A request is refused. ``status`` is HTTP's, ``code`` the carrier's."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code

    def body(self) -> dict[str, object]:
        """What the carrier says of it."""
        return {
            "code": self.code,
            "message": str(self),
            "more_info": f"https://www.twilio.com/docs/errors/{self.code}",
            "status": self.status,
        }


def unauthorized() -> RestError:
    """Wrong account or token."""
    return RestError(401, 20003, "Authenticate")


def not_found(path: str) -> RestError:
    """No such thing."""
    return RestError(404, 20404, f"The requested resource {path} was not found")


def refused(status: int) -> RestError:
    """The carrier takes nothing now: 429, too many requests, or 503, out of service."""
    if status == 429:
        return RestError(429, 20429, "Too Many Requests")
    return RestError(status, 20500 if status == 500 else 20503, "Service is unavailable. Please try again")
