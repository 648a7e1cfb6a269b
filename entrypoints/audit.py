"""The command `helpline audit`: whether the line is well, and what the auditor finds now. It changes nothing."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from escalation.audit import Finding, Ground, judge, urgency
from escalation.evidence import facts
from escalation.health import Health, health
from helpline.audit_policy import Audit
from helpline.database import Work


@dataclass(frozen=True)
class Report:
    """What a monitor is told, every finding of this moment, and how long the questions took."""

    health: Health
    findings: Sequence[Finding]
    milliseconds: float


def look(work: Work, ground: Ground) -> Report:
    """Look as the auditor does. A line without the table `audit` is looked at with its usual values."""
    policy = work.line().audit or Audit()
    seen = facts(work, policy, ground, time.perf_counter)
    return Report(health(work), judge(seen, policy, work.now), round(seen.took.total_seconds() * 1000, 1))


def as_json(report: Report) -> dict[str, Any]:
    findings = [
        {
            "kind": one.kind,
            "subject": one.subject,
            "count": one.count,
            "why": one.why,
            "urgent": urgency(one.kind).value,
        }
        for one in report.findings
    ]
    return {**asdict(report.health), "findings": findings, "milliseconds": report.milliseconds}


def as_sentences(report: Report) -> list[str]:
    """One line for the whole, and one for each finding."""
    health = report.health
    whole = "The line is well." if health.healthy else "The line is not well."
    watched = (
        f"Last audit {_ago(health.audit_seconds)}" if health.audited else "Nobody audits it: its file has no [audit]"
    )
    alive = f"ticker {_ago(health.ticker_seconds)}, worker {_ago(health.worker_seconds)}"
    return [f"{whole} {watched}; {alive}.", *(_sentence(one) for one in report.findings)]


def _sentence(one: Finding) -> str:
    counted = f" ({one.count})" if one.count > 1 else ""
    return f"{urgency(one.kind).value:>5}  {one.kind.replace('_', ' ')}{counted}: {one.why}"


def _ago(seconds: int | None) -> str:
    return "never seen" if seconds is None else f"seen {seconds} s ago"
