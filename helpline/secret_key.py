"""The key that seals callers' numbers: how it is written, and the file that keeps it when no variable does."""

import base64
import binascii
import os
import secrets
import stat
from pathlib import Path

LENGTH = 32
FEWEST_VALUES = 12
"""Different bytes in a key: 32 random ones have fewer than 12 once in far more than a million million keys."""
HOW_TO_MAKE = "make one with: openssl rand -base64 32"


class SecretKeyError(Exception):
    """The key, or its file, cannot be used; the text says what to do and never quotes it."""


def parse(text: str) -> bytes:
    """The 32 bytes that `text` stands for: 64 hex digits, or base64 of either alphabet, padded or not."""
    text = text.strip()
    try:
        if len(text) == 2 * LENGTH:
            key = bytes.fromhex(text)
        else:
            standard = text.rstrip("=").replace("-", "+").replace("_", "/")
            key = base64.b64decode(standard + "=" * (-len(standard) % 4), validate=True)
    except (ValueError, binascii.Error):
        raise SecretKeyError(f"is neither base64 nor 64 hex digits; {HOW_TO_MAKE}") from None
    if len(key) != LENGTH:
        raise SecretKeyError(f"stands for {len(key)} bytes and has to for {LENGTH}; {HOW_TO_MAKE}")
    if len(set(key)) < FEWEST_VALUES:
        raise SecretKeyError(f"is not random; {HOW_TO_MAKE}")
    return key


def kept_in(folder: Path) -> bytes | None:
    """The key in the folder's file; None if there is none. A file that others may read is refused."""
    place = folder / "secret_key"
    try:
        status = place.stat()
        text = place.read_text()
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as refused:
        raise SecretKeyError(
            f"{place} cannot be read: give it back to this user, or set HELPLINE_SECRET_KEY"
        ) from refused
    if stat.S_IMODE(status.st_mode) & 0o077:
        raise SecretKeyError(f"{place} can be read by other users: close it with chmod 600 {place}")
    try:
        return parse(text)
    except SecretKeyError as wrong:
        raise SecretKeyError(f"{place} is damaged: put it back from your backup, or set HELPLINE_SECRET_KEY") from wrong


def make_in(folder: Path) -> bytes:
    """The key in the folder's file, made if there is none; two that make it at once end up with the same one."""
    kept = kept_in(folder)
    if kept is not None:
        return kept
    unfinished = folder / f"secret_key.{secrets.token_hex(8)}"
    try:
        handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(base64.urlsafe_b64encode(secrets.token_bytes(LENGTH)) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(unfinished, folder / "secret_key")
        except FileExistsError:
            pass
        finally:
            unfinished.unlink()
    except OSError as refused:
        raise SecretKeyError(
            f"no key can be written to {folder} ({refused.strerror}): set HELPLINE_SECRET_KEY, "
            "or set HELPLINE_DATA_DIR to a folder that this user may write in"
        ) from refused
    made = kept_in(folder)
    if made is None:
        raise SecretKeyError(f"{folder}/secret_key was removed while it was made: start again")
    return made
