"""Runs drills: each scenario in a world of its own, and afterwards the rules that may never break are asked for."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from gherkin.errors import ParserError
from gherkin.parser import Parser
from gherkin.pickles.compiler import Compiler
from sqlalchemy import select

from entrypoints.drill import (
    auditing,
    beside,
    carriers,
    counting,
    doing,
    expecting,
    partner,
    policy,
    queueing,
    returning,
    rota,
)
from entrypoints.drill.scene import Drill, NotSo
from entrypoints.drill.vocabulary import UnknownStep, perform
from entrypoints.drill.world import World
from entrypoints.people import RosterError
from escalation.rules import broken
from exchange import PhoneError
from helpline import log
from helpline.line import LineError
from helpline.nouns import LegState
from helpline.outbox import Kind
from helpline.tables import CommandRow, Leg, Probe

VOCABULARY = (doing, expecting, auditing, counting, partner, policy, queueing, returning, rota, carriers, beside)
AFTERWARDS = "afterwards"
SETTLING = 3.0
LEGLESS = select(CommandRow.sid).where(CommandRow.kind.in_((Kind.TEST_CALL, Kind.READY_CALL)))
"""Calls that are about no contact."""
MakeWorld = Callable[[Path, datetime], World]


class DrillError(Exception):
    """A drill cannot be read; the text says where."""


@dataclass(frozen=True)
class Result:
    """How one scenario went."""

    file: str
    scenario: str
    status: str
    failed_step: str | None
    reason: str | None
    virtual_seconds: float
    wall_seconds: float

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def find(paths: Iterable[Path]) -> list[Path]:
    """The drill files that `paths` name: files, or folders of them. DrillError if there are none."""
    found: list[Path] = []
    for path in paths:
        found += sorted(path.rglob("*.feature")) if path.is_dir() else [path]
    missing = [path for path in found if not path.is_file()]
    if missing or not found:
        raise DrillError(f"there is no drill at {missing[0] if missing else ', '.join(map(str, paths))}")
    return found


def run(paths: Iterable[Path], make_world: MakeWorld, line_path: Path) -> Iterator[Result]:
    """Run every scenario of every file, one result each. Every file is read before the first is run."""
    return (play(path, pickle, make_world, line_path) for path, pickle in read(paths))


def read(paths: Iterable[Path]) -> list[tuple[Path, Any]]:
    """Every scenario of every file. DrillError if one of the files is not a drill."""
    return [(path, pickle) for path in paths for pickle in scenarios(path)]


def scenarios(path: Path) -> list[Any]:
    """The scenarios of a file, background and examples worked in. DrillError if it is not Gherkin, or holds none."""
    try:
        document = Parser().parse(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as problem:
        raise DrillError(f"{path} cannot be read ({type(problem).__name__})") from None
    except ParserError as problem:
        first = next(iter(getattr(problem, "errors", ())), problem)
        where = (getattr(first, "location", None) or {}).get("line", 1)
        raise DrillError(f"{path} is not a drill: line {where} is not Gherkin") from None
    found = list(Compiler().compile({**document, "uri": str(path)})) if document.get("feature") else []
    if not found:
        raise DrillError(f"{path} is not a drill: there is no scenario in it")
    return found


def play(path: Path, pickle: Any, make_world: MakeWorld, line_path: Path) -> Result:
    """Play one scenario."""
    began = time.monotonic()
    drill = Drill(make_world, line_path, path.resolve().parent)
    faults: list[str] = []
    failed_step = reason = None
    with log.watch_errors(faults.append):
        for step in pickle["steps"]:
            reason = _why_not(partial(perform, drill, step["text"], _table(step)))
            if reason is not None:
                failed_step = step["text"]
                break
        else:
            reason = _why_not(partial(_afterwards, drill, faults)) if pickle["steps"] else "the scenario has no steps"
            failed_step = AFTERWARDS if reason is not None else None
    virtual = (drill.world.clock.now() - drill.world.start).total_seconds() if drill.begun else 0.0
    return Result(
        file=str(path),
        scenario=pickle["name"],
        status="passed" if failed_step is None else "failed",
        failed_step=failed_step,
        reason=reason,
        virtual_seconds=round(virtual, 3),
        wall_seconds=round(time.monotonic() - began, 3),
    )


def _why_not(act: Callable[[], None]) -> str | None:
    """Do it. Returns why it did not go well: as a sentence, or as the kind of fault, which may quote somebody."""
    try:
        act()
    except (NotSo, UnknownStep, PhoneError, RosterError, LineError) as problem:
        return str(problem)
    except Exception as fault:  # noqa: BLE001 - whatever breaks fails its own scenario and no other
        frames = traceback.extract_tb(fault.__traceback__)[-3:]
        return f"{type(fault).__name__} at " + " < ".join(
            f"{Path(frame.filename).name}:{frame.lineno}" for frame in reversed(frames)
        )
    return None


def _afterwards(drill: Drill, faults: list[str]) -> None:
    """What the runner itself asserts after every scenario. Raises NotSo with everything that is not as it should."""
    world = drill.world
    world.run_for(SETTLING)
    with world.database.work() as work:
        problems = broken(work)
    unexpected = [fault for fault in faults if fault.split(" ", 1)[0] not in drill.expected_errors]
    problems += [f"an error was logged: {fault}" for fault in unexpected]
    for network in world.networks:
        problems += [f"the carrier complains: {complaint}" for complaint in network.complaints]
        answered = [record.status for record in network.webhooks]
        problems += [f"a webhook was answered {status}" for status in answered if not 200 <= status < 300]
    problems += live_strangers(world)
    problems += leaks(world)
    if problems:
        raise NotSo("; ".join(problems))


def live_strangers(world: World) -> list[str]:
    """Calls that are up at the exchange though their contact is over or nobody knows them."""
    with world.database.work() as work:
        known = {sid: state for sid, state in work.session.execute(select(Leg.sid, Leg.state))}
        legless = {*work.session.scalars(select(Probe.sid)), *work.session.scalars(LEGLESS)}
    problems = []
    for call in [call for network in world.networks for call in network.live_calls()]:
        if call.sid in known:
            if known[call.sid] is LegState.ENDED:
                problems.append("a call is up whose leg has ended")
        elif call.parent is None and call.sid not in legless:
            problems.append("a call is up that no leg stands for")
    return problems


def leaks(world: World) -> list[str]:
    """Numbers of one phone that another was shown."""
    numbers = {phone.number for phone in world.network.phones.values()}
    public = {*world.line.line.every_number, world.line.divert.partner_number}
    problems = []
    for phone in world.network.phones.values():
        others = numbers - {phone.number} - public
        shown = [ring.caller_id for ring in phone.rings] + [text.sender for text in phone.texts]
        said = " ".join([text.body for text in phone.texts] + [heard.text for heard in phone.heard])
        if any(number in shown or number in said for number in others):
            problems.append(f"{phone.name} was shown somebody's number")
    return problems


def _table(step: Any) -> list[dict[str, str]] | None:
    argument = step.get("argument") or {}
    if "dataTable" not in argument:
        return None
    rows = [[cell["value"] for cell in row["cells"]] for row in argument["dataTable"]["rows"]]
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]
