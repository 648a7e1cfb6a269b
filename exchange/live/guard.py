"""Keeps other web sites out of the phones: only this page, on this host, may read or move them."""

from __future__ import annotations

import ipaddress
from collections.abc import Collection
from urllib.parse import urlsplit

LOCAL_NAMES = frozenset({"localhost"})


def refusal(method: str, host: str, origin: str | None, content_type: str, allowed: Collection[str]) -> str | None:
    """Why a request must be refused, or None.

    A page elsewhere can make a browser send us forms but not JSON, and cannot forge ``Origin``. A name that
    somebody else points at this machine (DNS rebinding) passes both, so names must be known: ``localhost``,
    any literal address, and ``allowed``.
    """
    if not _known(host, allowed):
        return f"This exchange does not answer to the name {_name(host)!r}."
    if method in ("GET", "HEAD"):
        return None
    if origin is not None and urlsplit(origin).netloc != host:
        return "Only the exchange's own page may move its phones."
    if content_type.partition(";")[0].strip().lower() != "application/json":
        return "Send JSON, with Content-Type: application/json."
    return None


def _name(host: str) -> str:
    return urlsplit(f"//{host}").hostname or ""


def _known(host: str, allowed: Collection[str]) -> bool:
    name = _name(host)
    if name in LOCAL_NAMES or name in allowed:
        return True
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
