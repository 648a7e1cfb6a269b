"""Names the carrier gives its things: two letters, then 32 hexadecimal digits."""

from __future__ import annotations

import random
import re

_SID = re.compile(r"[A-Z]{2}[0-9a-f]{32}")


class Sids:
    """A source of names that is the same again for the same seed."""

    def __init__(self, rng: random.Random, *, uuids: bool = False) -> None:
        self._rng = rng
        self._uuids = uuids

    def new(self, prefix: str) -> str:
        """``prefix``: CA call, CF conference, SM message, QU queue, GT transcription, PN number; none with UUIDs."""
        if self._uuids:
            return self.token()
        return f"{prefix}{self._rng.getrandbits(128):032x}"

    def token(self) -> str:
        """An idempotency token, as a UUID is written."""
        text = f"{self._rng.getrandbits(128):032x}"
        return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


def looks_like_sid(text: str, prefix: str) -> bool:
    """Whether a path or a parameter is a name of that kind rather than a friendly name."""
    return text.startswith(prefix) and _SID.fullmatch(text) is not None
