"""The exchange's account, which a running `helpline up` made up for itself: kept for commands in a second terminal."""

from __future__ import annotations

import contextlib
import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path

FILE = "carrier.json"


@dataclass(frozen=True)
class ExchangeAccount:
    """Who the line is at the exchange. `pid` is the process that made the account up; it is worthless without it."""

    sid: str
    token: str = field(repr=False)
    api_base: str
    public_url: str
    pid: int


def keep(folder: Path, account: ExchangeAccount) -> None:
    """Write the account into the line's data folder, for its owner alone to read. OSError if it cannot be written."""
    unfinished = folder / f"{FILE}.new"
    unfinished.unlink(missing_ok=True)
    handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(asdict(account), file)
    unfinished.replace(folder / FILE)


def kept_in(folder: Path) -> ExchangeAccount | None:
    """The account in the folder; None if there is none, or if the run that made it up is over."""
    try:
        account = ExchangeAccount(**json.loads((folder / FILE).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
    return account if _runs(account.pid) else None


def forget(folder: Path) -> None:
    """Remove the account at the end of the run that made it up."""
    with contextlib.suppress(OSError):
        (folder / FILE).unlink()


def _runs(pid: object) -> bool:
    """Whether that process is there; one of another user is."""
    if not isinstance(pid, int) or pid <= 0:
        return False
    try:
        os.kill(pid, 0)
    except PermissionError:
        return True
    except (OSError, OverflowError):
        return False
    return True
