"""What may be made to go wrong on purpose."""

from __future__ import annotations

from dataclasses import dataclass, fields


class ReplyLost(Exception):
    """The request was carried out and its reply never comes: the client sees a timeout."""


@dataclass
class Faults:
    """Switches to be thrown at any time; all of them combine.

    Callbacks are notices of call, conference, message status and transcription. Webhooks are those and the
    requests that fetch TwiML or deliver a message.
    """

    callbacks_copies: int = 1
    webhooks_copies: int = 1
    callbacks_out_of_order: bool = False
    out_of_order_spread: float = 3.0
    lose_every_nth_callback: int = 0
    lose_all_callbacks: bool = False
    delay_callbacks: tuple[float, float] | None = None
    refuse_calls: bool = False
    refuse_messages: bool = False
    refuse_with: int = 503
    lose_create_replies: bool = False

    def clear(self) -> None:
        """Everything works again."""
        for field in fields(self):
            setattr(self, field.name, field.default)
