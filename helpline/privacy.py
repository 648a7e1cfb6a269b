"""Numbers and words sealed at rest, and numbers found again by a keyed hash.

Sealing is AES-256-GCM. The additional data binds a sealed value to its table, column and row, so that it cannot
be moved to another row. Every sealed value begins with one byte naming the key, so that keys can be rotated.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


class SealBroken(Exception):
    """A sealed value was changed, moved, or sealed with a key this installation does not have."""


@dataclass(frozen=True)
class Place:
    """Where a sealed value lives."""

    table: str
    column: str
    row: UUID

    @property
    def bound(self) -> bytes:
        return f"{self.table}.{self.column}:{self.row}".encode()


def person_number(row: UUID) -> Place:
    return Place("person", "number", row)


def caller_number(row: UUID) -> Place:
    return Place("caller", "number", row)


def message_words(row: UUID) -> Place:
    return Place("message", "words", row)


def command_words(row: UUID) -> Place:
    return Place("command", "words", row)


def plan_notes(row: UUID) -> Place:
    return Place("care_plan", "notes", row)


def rescue_place(row: UUID) -> Place:
    return Place("rescue", "place", row)


def rescue_end_words(row: UUID) -> Place:
    return Place("rescue", "end_words", row)


def step_words(row: UUID) -> Place:
    return Place("rescue_step", "words", row)


def opening_asked_words(row: UUID) -> Place:
    return Place("opening", "asked_words", row)


def opening_approved_words(row: UUID) -> Place:
    return Place("opening", "approved_words", row)


def withheld(caller: UUID) -> str:
    """What stands for the number of a caller who gave none."""
    return f"withheld {caller}"


class Vault:
    """Seals with the first key, opens with any of them."""

    def __init__(self, secrets: Sequence[bytes], nonce: Callable[[], bytes] = lambda: os.urandom(12)) -> None:
        if not secrets or any(len(secret) < 32 for secret in secrets):
            raise ValueError("a secret key has 32 bytes")
        if len({_key_id(secret) for secret in secrets}) < len(set(secrets)):
            raise ValueError("the new secret key looks like the old one: make another")
        self._ciphers = {_key_id(secret): AESGCM(_derive(secret, b"seal")) for secret in secrets}
        self._current = _key_id(secrets[0])
        self._lookups = [_derive(secret, b"lookup") for secret in secrets]
        self._nonce = nonce

    def seal(self, words: str, place: Place) -> bytes:
        nonce = self._nonce()
        sealed = self._ciphers[self._current].encrypt(nonce, words.encode(), place.bound)
        return bytes([self._current]) + nonce + sealed

    def open(self, sealed: bytes, place: Place) -> str:
        """What was sealed for this place; SealBroken if it was not."""
        cipher = self._ciphers.get(sealed[0]) if sealed else None
        if cipher is None:
            raise SealBroken(f"{place.table}.{place.column} was sealed with an unknown key")
        try:
            return cipher.decrypt(sealed[1:13], sealed[13:], place.bound).decode()
        except InvalidTag:
            raise SealBroken(f"{place.table}.{place.column} does not open here") from None

    def is_current(self, sealed: bytes) -> bool:
        return bool(sealed) and sealed[0] == self._current

    def fingerprint(self, number: str) -> bytes:
        """The keyed hash by which a number is looked up; it cannot be turned back without the key."""
        return hmac.new(self._lookups[0], number.encode(), hashlib.sha256).digest()

    def fingerprints(self, number: str) -> list[bytes]:
        """The hashes under every key, the current one first: for looking up during a rotation."""
        return [hmac.new(key, number.encode(), hashlib.sha256).digest() for key in self._lookups]


def _derive(secret: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"helpline " + purpose).derive(secret)


def _key_id(secret: bytes) -> int:
    return hashlib.sha256(b"helpline key id" + secret).digest()[0]
