"""Every webhook is one commit, and none asks the carrier for anything while somebody waits for its reply."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from doorstep import Doorstep, call, contents
from sqlalchemy import Engine, event

from carrier.dispatch import Pace
from carrier.port import NewCall, PooledHttp, Twilio
from entrypoints.bootstrap import Account, assemble
from entrypoints.drill import runner
from entrypoints.drill.world import SID, TOKEN, URL, World
from escalation.risk import Lexicon
from helpline.database import Work
from webhooks import voice
from webhooks.app import create_app

ROOT = Path(__file__).resolve().parents[2]
DEMO = ROOT / "lines" / "demo.toml"
ENDINGS = ("commit", "rollback")


@dataclass
class Watch:
    """Counts, for each request to the door, how often it committed and what it asked of the carrier."""

    endings: Counter[str] = field(default_factory=Counter)
    seen: list[tuple[str, str, Counter[str], int]] = field(default_factory=list)

    def around(self, world: World) -> Callable[..., Iterable[bytes]]:
        app = world.app
        assert app is not None

        def watched(environ: Any, start_response: Any) -> Iterable[bytes]:
            self.endings.clear()
            asked = len(world.network.rest_log)
            status: list[str] = []

            def began(code: str, *more: Any) -> Any:
                status.append(code[:3])
                return start_response(code, *more)

            try:
                return app(environ, began)
            finally:
                more = len(world.network.rest_log) - asked
                self.seen.append((environ["PATH_INFO"], status[-1], self.endings.copy(), more))

        return watched


@pytest.fixture
def watch(engine: Engine) -> Iterator[Watch]:
    """Whatever ends a transaction is counted."""
    made = Watch()
    listeners = {name: lambda _, name=name: made.endings.update([name]) for name in ENDINGS}
    for name, listener in listeners.items():
        event.listen(engine, name, listener)
    yield made
    for name, listener in listeners.items():
        event.remove(engine, name, listener)


class WatchedWorld(World):
    """A world whose door is watched, however often it is started."""

    watch: Watch

    def start_up(self) -> None:
        super().start_up()
        self.app = self.watch.around(self)  # type: ignore[assignment]


def test_whatever_happens_in_a_drill_each_webhook_commits_once_and_leaves_the_carrier_alone(
    engine: Engine, lexicon: Lexicon, watch: Watch
) -> None:
    WatchedWorld.watch = watch

    def make(line: Path, start: datetime) -> World:
        return WatchedWorld(engine, lexicon, line, start=start)

    for drills in ("voice", "text", "faults"):
        path = ROOT / "drills" / f"{drills}.feature"
        for scenario in runner.scenarios(path)[:3]:
            runner.play(path, scenario, make, DEMO)
    assert {status for _, status, _, _ in watch.seen} == {"200"}
    assert not {(path, str(endings)) for path, _, endings, _ in watch.seen if endings != {"commit": 1}}
    assert not {path for path, _, _, asked in watch.seen if asked}
    assert len(watch.seen) > 80


def test_a_webhook_that_asks_the_carrier_fails_before_the_request_leaves(
    world: World, monkeypatch: pytest.MonkeyPatch, logged_errors: list[str]
) -> None:
    nobody = Twilio(SID, TOKEN, PooledHttp("http://127.0.0.1:9"))

    def asking(work: Work, form: object) -> str:
        del work, form
        return nobody.ring(NewCall("+12125550121", "+12125550100", URL, URL, URL, 20))

    monkeypatch.setattr(voice, "incoming", asking)
    stack = assemble(world.database, nobody, Account(SID, (TOKEN,), URL), lexicon=lambda: world.lexicon, pace=Pace())
    before = contents(world.engine)
    assert Doorstep(create_app(stack.door())).post("/webhooks/voice/incoming", call()).status == 500
    after = contents(world.engine)
    assert before.pop("webhook_fault")[0] + 1 == after.pop("webhook_fault")[0], "the auditor knows of it"
    assert after == before
    assert [error.split()[:2] for error in logged_errors] == [["webhook.failed", "AskedInWebhook"]]
    logged_errors.clear()


def test_outside_a_webhook_the_carrier_may_be_asked(world: World, doorstep: Doorstep) -> None:
    doorstep.post("/webhooks/voice/incoming", call())
    assert not world.network.rest_log
    world.settle()
    assert [record.status for record in world.network.rest_log] == [201]
