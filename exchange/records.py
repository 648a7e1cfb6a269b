"""What happened, kept for whoever asks afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Kind = Literal["twiml", "callback", "message"]


@dataclass(frozen=True, slots=True)
class WebhookRecord:
    """One request to the application and how it was answered. Status 0: it was not; ``error`` says why."""

    at: datetime
    url: str
    kind: Kind
    form: dict[str, str]
    status: int
    error: str | None = None
    method: str = "POST"
    took: float = 0.0


@dataclass(frozen=True, slots=True)
class RestRecord:
    """One request of the application to the carrier's REST side."""

    at: datetime
    method: str
    path: str
    status: int
    code: int | None = None
