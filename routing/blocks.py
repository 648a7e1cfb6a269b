"""Blocks: that a caller is turned away for abuse, for how long, who decided it, and who looks at it again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from helpline import journal
from helpline.database import Work
from helpline.tables import Block


class CannotBlock(Exception):
    """The block would be against the line's policy; the text says how."""


@dataclass(frozen=True)
class Decision:
    """A block as somebody decided it."""

    reason: str
    until: datetime
    decided_by: UUID
    reviewer: UUID
    review_on: date


def block_of(work: Work, caller: UUID) -> Block | None:
    """The caller's block that was not lifted and lasts longest, though it may be over already."""
    theirs = select(Block).where(Block.caller_id == caller, Block.lifted_at.is_(None))
    return work.session.scalar(theirs.order_by(Block.until.desc()).limit(1))


def in_force(work: Work) -> Sequence[Block]:
    """Every block that applies now, soonest to be looked at again first."""
    alive = select(Block).where(Block.lifted_at.is_(None), Block.until > work.now)
    return work.session.scalars(alive.order_by(Block.review_on, Block.id)).all()


def decide(work: Work, caller: UUID, decision: Decision) -> Block:
    """Turn the caller away until then, unless they are in danger. Raises CannotBlock."""
    line = work.line()
    policy = line.blocks
    if policy is None:
        raise CannotBlock("this line turns nobody away: its line file has no [blocks]")
    if decision.reason not in policy.reasons:
        raise CannotBlock(f"the reason is one of {', '.join(policy.reasons)}")
    last_day = work.now.astimezone(line.zone).date() + timedelta(days=policy.longest_days)
    if decision.until <= work.now or decision.until.astimezone(line.zone).date() > last_day:
        raise CannotBlock(f"it ends after now and at most {policy.longest_days} days from now")
    if decision.review_on > decision.until.astimezone(line.zone).date():
        raise CannotBlock("somebody looks at it again before it ends")
    before = block_of(work, caller)
    if before is not None and before.until > work.now:
        raise CannotBlock("they are blocked already; lift that block first")
    block = Block(
        id=work.new_id(),
        caller_id=caller,
        reason=decision.reason,
        decided_by=decision.decided_by,
        decided_at=work.now,
        until=decision.until,
        reviewer_id=decision.reviewer,
        review_on=decision.review_on,
    )
    work.session.add(block)
    work.session.flush()
    journal.note(
        work,
        "block.decided",
        person=decision.decided_by,
        caller=str(caller),
        why=decision.reason,
        until=decision.until.isoformat(),
    )
    return block


def lift(work: Work, block: Block, by: UUID) -> None:
    """The block is over from now on."""
    block.lifted_at, block.lifted_by = work.now, by
    work.session.flush()
    journal.note(work, "block.lifted", person=by, caller=str(block.caller_id))
