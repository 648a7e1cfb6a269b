"""Applies a line file: from now on it governs every new contact."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select

from escalation import auditor, probes
from helpline import journal, timers
from helpline.database import Work
from helpline.line import load_line
from helpline.nouns import TimerKind
from helpline.tables import LineVersion
from shifts.foresight.alarms import LOOK_EVERY


def apply(work: Work, path: Path) -> str:
    """Make the file at `path` the line in force, if it is not already. Returns its version. Raises LineError."""
    line = load_line(path)
    current = work.session.scalar(select(LineVersion).order_by(LineVersion.id.desc()).limit(1))
    if current is None or current.version != line.version:
        policy = path.read_text(encoding="utf-8")
        work.session.add(LineVersion(version=line.version, policy=policy, applied_at=work.now))
        work.session.flush()
        journal.note(work, "line.applied", line=line.version)
    for kind in (TimerKind.SWEEP, TimerKind.ROTA):
        timers.bring_forward(work, kind, "line", work.now)
    if line.rota.alarms is not None:
        timers.bring_forward(work, TimerKind.COVER, "line", work.now + LOOK_EVERY)
    auditor.begin(work)
    probes.begin(work)
    return line.version
