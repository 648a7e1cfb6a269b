"""The language of drills: each sentence is understood, and the runner fails whenever something is not as it should."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from entrypoints.cli import main
from entrypoints.drill.policy import amended
from entrypoints.drill.runner import DrillError, Result, find, play, read, run
from entrypoints.drill.vocabulary import STEPS
from entrypoints.drill.world import World
from helpline.line import LineError
from helpline.log import logger
from tests.conftest import DEMO_LINE, ROOT, MakeWorld

FIXED = """
the line file "lines/other.toml"
it is 2026-03-07 23:30
these people:
Ana does not take "suicide loss"
"Sam" has called before
every callback arrives twice
every webhook arrives twice
callbacks arrive out of order
every third callback is lost
no callback arrives at all
Redis is down
the worker is down
the carrier refuses every call
Ana's number is dead
"Sam" calls
"Sam" calls and presses 2
"Sam" presses 9
"Sam" hangs up
"Sam" texts "i cant cope"
"Sam" says "i cant cope"
Ana answers and presses 1
Ana answers
Ana's voicemail answers
Ana declines
Ana presses *
Ana presses ##
Ana hangs up
Ana texts "1"
Ana files "supported"
30 seconds pass
5 minutes pass
the ticker is killed
everything is killed and started again
Ana's phone rings within 3 seconds
Ana's phone does not ring within 3 seconds
nobody's phone rings within 3 seconds
Ana's phone stops ringing within 3 seconds
"Sam" and Ana are talking within 3 seconds
"Sam", Ana and Lee are talking within 3 seconds
"Sam" is not connected to anybody
"Sam" hears "keep waiting" within 3 seconds
"Sam" receives a text containing "peer" within 3 seconds
Ana receives a text containing "new contact" within 3 seconds
Lee is paged within 3 seconds
Lee is not paged within 3 seconds
the contact is waiting
the contact is connected
the contact is abandoned
the contact is diverted
the contact is closed
the contact is waiting within 3 seconds
the contact is closed within 1 second
the contact's risk is high
the contact is first in its queue
there is one contact
there are 2 contacts
the reason Bo was not chosen contains "does not speak"
""".strip().splitlines()

CALL = """
    Given it is 2026-03-07 23:30
    And these people:
      | name | role      | languages | on shift | on call |
      | Ana  | peer      | en        | yes      |         |
      | Lee  | clinician | en        |          | 1       |
    When "Sam" calls
"""
Sabotage = Callable[[World], None]


def _drill(folder: Path, steps: str) -> Path:
    path = folder / "a.feature"
    path.write_text(f"Feature: a\n  Scenario: b\n{steps}", encoding="utf-8")
    return path


def _play(folder: Path, make_world: MakeWorld, steps: str, sabotage: Sabotage | None = None) -> Result:
    """Play these steps in a world in which, once they are done, something is broken on purpose."""

    def make(path: Path, start: datetime) -> World:
        world = make_world(path, start)
        settle_down = world.run_for

        def run_for(seconds: float) -> None:
            settle_down(seconds)
            if sabotage is not None:
                sabotage(world)

        world.run_for = run_for  # type: ignore[method-assign]
        return world

    path = _drill(folder, steps)
    return play(path, read([path])[0][1], make, DEMO_LINE)


@pytest.mark.parametrize("sentence", FIXED)
def test_a_fixed_sentence_is_understood(sentence: str) -> None:
    assert any(pattern.match(sentence) for pattern, _, _ in STEPS)


def test_every_sentence_stands_in_the_documentation_and_every_documented_one_is_understood() -> None:
    page = (ROOT / "docs" / "drills.md").read_text(encoding="utf-8")
    documented = re.findall(r"^\| `([^`]+)` \|", page, re.MULTILINE)
    patterns = [pattern for pattern, _, _ in STEPS]
    assert [one for one in documented if not any(pattern.match(one) for pattern in patterns)] == []
    assert [one.pattern for one in patterns if not any(one.match(sentence) for sentence in documented)] == []


def test_a_true_drill_passes(tmp_path: Path, make_world: MakeWorld) -> None:
    result = _play(tmp_path, make_world, CALL + "    Then Ana's phone rings within 3 seconds\n")
    assert (result.status, result.failed_step, result.reason) == ("passed", None, None)


@pytest.mark.parametrize(
    "step",
    [
        "Then Ana's phone does not ring within 3 seconds",
        "Then nobody's phone rings within 3 seconds",
        "Then Lee is paged within 3 seconds",
        'Then "Sam" and Ana are talking within 30 seconds',
        'Then "Sam" hears "bananas" within 30 seconds',
        'Then "Sam" receives a text containing "peer" within 30 seconds',
        "Then the contact is closed within 5 seconds",
        "Then the contact's risk is high",
        "Then there are 2 contacts",
        'Then the reason Ana was not chosen contains "is not on shift"',
        "When Lee answers",
        "When Ana hangs up",
        'When "Sam" calls',
        "When Zoe answers",
        "Given it is 2026-02-30 23:30",
        'Given the line file "lines/nowhere.toml"',
    ],
)
def test_a_false_or_impossible_step_fails_and_is_named(tmp_path: Path, make_world: MakeWorld, step: str) -> None:
    result = _play(tmp_path, make_world, f"{CALL}    {step}\n")
    assert result.status == "failed"
    assert result.failed_step == step.split(" ", 1)[1]
    assert result.reason


@pytest.mark.parametrize("step", ["Then Ana whistles", "Then these people:", "Then Ana's phone rings within a while"])
def test_a_sentence_nobody_knows_fails(tmp_path: Path, make_world: MakeWorld, step: str) -> None:
    result = _play(tmp_path, make_world, f"{CALL}    {step}\n")
    assert result.status == "failed"
    assert result.failed_step == step.split(" ", 1)[1]


def test_a_scenario_without_steps_fails(tmp_path: Path, make_world: MakeWorld) -> None:
    path = tmp_path / "a.feature"
    path.write_text("Feature: a\n  Scenario: b\n", encoding="utf-8")
    assert play(path, read([path])[0][1], make_world, DEMO_LINE).status == "failed"


def _sql(statement: str) -> Sabotage:
    def act(world: World) -> None:
        with world.engine.begin() as connection:
            connection.execute(text(statement))

    return act


def _unknown_call(world: World) -> None:
    form = (("CallSid", "CA" + "0" * 32), ("CallStatus", "completed"), ("AccountSid", world.network.account_sid))
    world.network.courier.notify("https://line.example/webhooks/voice/status", "POST", form)
    world.settle()


def _leak_by_text(world: World) -> None:
    sam, ana = (next(one for one in world.network.phones.values() if one.name == name) for name in ("Sam", "Ana"))
    ana.deliver(world.line.line.number, f"call them at {sam.number}")


def _leak_by_display(world: World) -> None:
    sam, ana = (next(one for one in world.network.phones.values() if one.name == name) for name in ("Sam", "Ana"))
    sam.deliver(ana.number, "hello")


def _crash(world: World) -> None:
    raise RuntimeError("quotes somebody")


@pytest.mark.expects_errors
@pytest.mark.parametrize(
    ("sabotage", "reason"),
    [
        (lambda _: logger("routing.test").error("test.broken"), "an error was logged: test.broken"),
        (_unknown_call, "a webhook was answered 404"),
        (lambda world: world.network.courier.complain("12100 not TwiML"), "the carrier complains: 12100 not TwiML"),
        (_leak_by_text, "Ana was shown somebody's number"),
        (_leak_by_display, "Sam was shown somebody's number"),
        (_sql("DELETE FROM timer WHERE kind IN ('limit', 'decide', 'presence')"), "no timer will move it"),
        (_sql("UPDATE contact SET state = 'queued' WHERE state = 'offered'"), "the journal says contact.offered"),
        (_sql("UPDATE leg SET state = 'ended' WHERE role = 'caller'"), "a call is up whose leg has ended"),
        (_sql("UPDATE leg SET sid = 'CAelse' WHERE role = 'caller'"), "a call is up that no leg stands for"),
        (_sql("UPDATE contact SET limit_at = arrived_at - interval '1 hour'"), "waited past its limit"),
        (_crash, "RuntimeError at "),
    ],
)
def test_a_broken_world_fails_afterwards(
    tmp_path: Path, make_world: MakeWorld, sabotage: Sabotage, reason: str
) -> None:
    result = _play(tmp_path, make_world, CALL, sabotage)
    assert (result.status, result.failed_step) == ("failed", "afterwards")
    assert reason in (result.reason or "")
    assert "quotes somebody" not in (result.reason or "")


def test_a_past_call_is_no_part_of_what_a_drill_counts(tmp_path: Path, make_world: MakeWorld) -> None:
    steps = CALL.replace('    When "Sam" calls', '    And "Sam" has called before\n    When "Sam" calls')
    assert _play(tmp_path, make_world, steps + "    Then there is one contact\n").status == "passed"


def test_a_topic_is_kept_for_each_person_and_a_later_table_does_not_lose_it(
    tmp_path: Path, make_world: MakeWorld
) -> None:
    steps = CALL.replace('    When "Sam"', '    And Ana does not take "suicide loss"\n    When "Sam"')
    assert _play(tmp_path, make_world, steps + "    Then Ana's phone rings within 3 seconds\n").status == "passed"


def test_what_is_said_aloud_is_heard_and_nothing_more(tmp_path: Path, make_world: MakeWorld) -> None:
    steps = CALL + '    When "Sam" says "i took all of my pills"\n    Then the contact\'s risk is none\n'
    assert _play(tmp_path, make_world, steps).status == "passed"


def test_a_table_may_leave_columns_out(tmp_path: Path, make_world: MakeWorld) -> None:
    steps = '    Given these people:\n      | name |\n      | Ana  |\n    When "Sam" calls\n'
    assert _play(tmp_path, make_world, steps + "    Then Ana's phone rings within 3 seconds\n").status == "passed"


def test_another_line_file_governs_the_drill(tmp_path: Path, make_world: MakeWorld) -> None:
    (tmp_path / "lines").mkdir()
    other = amended(DEMO_LINE.read_text(encoding="utf-8"), "queues.support.wait_limit_seconds", "30")
    (tmp_path / "lines" / "other.toml").write_text(other, encoding="utf-8")
    steps = '    Given the line file "lines/other.toml"\n' + CALL
    told = '    Then "Sam" hears "keep waiting" within 45 seconds\n'
    assert _play(tmp_path, make_world, steps + told).status == "passed"
    assert _play(tmp_path, make_world, CALL + told).status == "failed"


def test_a_value_that_the_line_does_not_have_cannot_be_changed() -> None:
    with pytest.raises(LineError, match=r"no queues\.support\.colour"):
        amended(DEMO_LINE.read_text(encoding="utf-8"), "queues.support.colour", "1")


def test_a_line_file_that_is_not_valid_fails_the_scenario(tmp_path: Path, make_world: MakeWorld) -> None:
    steps = '    Given the line\'s "queues.support.ring_seconds" is "-1"\n' + CALL
    result = _play(tmp_path, make_world, steps)
    assert result.status == "failed"
    assert "ring_seconds" in (result.reason or "")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"hello\n", "line 1 is not Gherkin"),
        (b"", "there is no scenario in it"),
        (b"Feature: a\n  Scenario: b\n    Given these people:\n      | a | b |\n      | 1 |\n", "line 5"),
        (b"\xff\xfe\x00", "cannot be read"),
    ],
)
def test_a_file_that_is_not_a_drill_gives_one_sentence(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "a.feature"
    path.write_bytes(content)
    shown = CliRunner().invoke(main, ["drill", str(path)])
    assert shown.exit_code == 1
    assert says in shown.output
    assert len(shown.output.strip().splitlines()) == 1


def test_a_path_without_drills_gives_one_sentence(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "nowhere"):
        shown = CliRunner().invoke(main, ["drill", str(path)])
        assert shown.exit_code == 1
        assert "there is no drill at" in shown.output
        assert len(shown.output.strip().splitlines()) == 1


def test_one_bad_file_stops_all_before_anything_runs(tmp_path: Path, make_world: MakeWorld) -> None:
    good, bad = _drill(tmp_path, CALL), tmp_path / "b.feature"
    bad.write_text("hello", encoding="utf-8")
    with pytest.raises(DrillError):
        run(find([good, bad]), make_world, DEMO_LINE)


def test_the_command_prints_one_object_a_scenario_and_the_sums(tmp_path: Path) -> None:
    false = "    Then Ana's phone does not ring within 3 seconds\n"
    path = tmp_path / "a.feature"
    path.write_text(f"Feature: a\n  Scenario: true\n{CALL}\n  Scenario: false\n{CALL}{false}", encoding="utf-8")
    shown = CliRunner().invoke(main, ["drill", str(path), "--json"])
    first, second, last = [json.loads(line) for line in shown.stdout.splitlines()]
    assert shown.exit_code == 1
    assert last == {"scenarios": 2, "passed": 1, "failed": 1}
    assert (first["file"], first["scenario"]) == (str(path), "true")
    assert (first["status"], first["failed_step"]) == ("passed", None)
    assert (second["status"], second["failed_step"]) == ("failed", "Ana's phone does not ring within 3 seconds")
    assert first["virtual_seconds"] == 3.0
    assert first["wall_seconds"] > 0
