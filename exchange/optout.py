"""The words by which a phone refuses texts and takes them again, as carriers require in North America."""

from __future__ import annotations

from dataclasses import dataclass

STOP_WORDS = frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"})
START_WORDS = frozenset({"START", "YES", "UNSTOP"})
HELP_WORDS = frozenset({"HELP", "INFO"})

STOP_REPLY = (
    "You have successfully been unsubscribed. You will not receive any more messages from this number. "
    "Reply START to resubscribe."
)
START_REPLY = (
    "You have successfully been re-subscribed to messages from this number. Reply HELP for help. "
    "Reply STOP to unsubscribe. Msg&Data Rates May Apply."
)
HELP_REPLY = "Reply STOP to unsubscribe. Msg&Data Rates May Apply."


@dataclass(frozen=True, slots=True)
class Keyword:
    """What a word of that kind brings about: its type, and what the carrier itself answers."""

    type: str
    reply: str


class OptOuts:
    """Which phones have refused texts from which of our numbers."""

    def __init__(self) -> None:
        self._refused: set[tuple[str, str]] = set()

    def refuses(self, number: str, phone: str) -> bool:
        """Whether the phone takes no texts from this number."""
        return (number, phone) in self._refused

    def read(self, number: str, phone: str, body: str) -> Keyword | None:
        """Take note of a keyword, if the text is one and nothing else. Case does not matter."""
        word = body.strip().upper()
        if word in STOP_WORDS:
            reply = "" if self.refuses(number, phone) else STOP_REPLY
            self._refused.add((number, phone))
            return Keyword("STOP", reply)
        if word in START_WORDS and (word != "YES" or self.refuses(number, phone)):
            self._refused.discard((number, phone))
            return Keyword("START", START_REPLY)
        if word in HELP_WORDS:
            return Keyword("HELP", HELP_REPLY)
        return None

    def clear(self) -> None:
        """Everybody takes texts again."""
        self._refused.clear()
