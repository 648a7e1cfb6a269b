"""Judges what this installation was told, and the folder it keeps its secrets in. Pure."""

from __future__ import annotations

import stat
from collections.abc import Iterator

from entrypoints.doctor.findings import Finding, fault, ok, skipped, warning

SETTINGS, FOLDER, KEY = "settings", "data folder", "secret key"


def judge_settings(problems: str) -> Iterator[Finding]:
    """`problems` as the settings tell them: a sentence a line, empty if there are none."""
    for sentence in problems.splitlines():
        yield fault(SETTINGS, sentence, "Correct the variable, then start helpline's processes again.")
    if not problems:
        yield ok(SETTINGS, "The settings are complete and hang together.")


def judge_folder(folder: str, mode: int | None, *, writable: bool, needed: bool) -> Finding:
    """`mode` is that of the data folder, None if it is not there. It is `needed` if it holds a key or a database."""
    if mode is None:
        if needed:
            return fault(FOLDER, f"{folder} does not exist.", "Set HELPLINE_DATA_DIR to the folder of this line.")
        return skipped(FOLDER, f"{folder} does not exist, and nothing of this line is kept in it.")
    if not writable:
        return fault(FOLDER, f"This user may not write in {folder}.", "Run helpline as the folder's owner.")
    if stat.S_IMODE(mode) & 0o022:
        return fault(FOLDER, f"Other users may write in {folder}.", f"Close it: chmod go-w {folder}")
    if stat.S_IMODE(mode) & 0o044:
        return warning(FOLDER, f"Other users may look into {folder}.", f"Close it: chmod go-r {folder}")
    return ok(FOLDER, f"{folder} is closed to other users.")


def judge_key(problem: str | None, *, from_variable: bool) -> Finding:
    """`problem` is why there is no key to open sealed numbers with."""
    if problem:
        return fault(KEY, problem, "Put the key back from your backup: without it no number can be read.")
    where = "in HELPLINE_SECRET_KEY" if from_variable else "in the data folder, readable by this user only"
    return ok(KEY, f"The key that seals numbers is {where}; keep a copy of it somewhere else.")
