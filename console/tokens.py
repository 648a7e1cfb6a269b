"""Secrets that stand in a link or a cookie: 32 random bytes, of which only a hash is kept."""

from __future__ import annotations

import hashlib
import secrets


def make() -> str:
    """A new secret, urlsafe."""
    return secrets.token_urlsafe(32)


def hash_of(token: str) -> bytes:
    """What is kept of it. Every guess costs the same: it is hashed and looked up once, whatever it looks like."""
    return hashlib.sha256(token.encode()).digest()
