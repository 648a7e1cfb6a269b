"""What is given in a drill, and what somebody does."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from entrypoints.drill.scene import Drill, NotSo, Row
from entrypoints.drill.vocabulary import step
from entrypoints.drill.world import RESTART
from helpline.line import LineError


@step("the line file {words}")
def _line_file(drill: Drill, path: str) -> None:
    if drill.begun:
        raise NotSo("the line file must be given before anything happens")
    for folder in (drill.folder, *drill.folder.parents, Path.cwd()):
        if (folder / path).is_file():
            drill.line_path = folder / path
            return
    raise LineError(f"there is no line file {path}")


@step("it is {when}")
def _it_is(drill: Drill, day: str) -> None:
    try:
        drill.day = datetime.strptime(day, "%Y-%m-%d %H:%M")  # noqa: DTZ007 - the line's zone is added once it is known
    except ValueError:
        raise NotSo(f"there is no such moment: {day}") from None
    if drill.begun:
        left = (drill.day.replace(tzinfo=drill.world.line.zone) - drill.world.clock.now()).total_seconds()
        if left < 0:
            raise NotSo(f"it is later than {day} already")
        drill.world.run_for(left)


@step("these people:")
def _people(drill: Drill, table: Sequence[Row]) -> None:
    drill.employ(table)


@step("{name} does not take {words}")
def _excludes(drill: Drill, name: str, topic: str) -> None:
    drill.exclude(name, topic)


@step("{caller} has called before")
def _called_before(drill: Drill, name: str) -> None:
    """A call of theirs lies in the past: it is no part of what the drill counts."""
    phone = drill.caller(name)
    phone.dial(drill.world.line.line.number)
    drill.world.run_for(2)
    phone.hang_up()
    drill.world.run_for(5)
    drill.forget_contacts()


@step("every callback arrives twice")
def _callbacks_twice(drill: Drill) -> None:
    for network in drill.world.networks:
        network.faults.callbacks_copies = 2


@step("every webhook arrives twice")
def _webhooks_twice(drill: Drill) -> None:
    for network in drill.world.networks:
        network.faults.webhooks_copies = 2


@step("callbacks arrive out of order")
def _out_of_order(drill: Drill) -> None:
    for network in drill.world.networks:
        network.faults.callbacks_out_of_order = True


@step("every third callback is lost")
def _third_lost(drill: Drill) -> None:
    for network in drill.world.networks:
        network.faults.lose_every_nth_callback = 3


@step("no callback arrives at all")
def _all_lost(drill: Drill) -> None:
    for network in drill.world.networks:
        network.faults.lose_all_callbacks = True


@step("Redis is down")
def _redis_down(drill: Drill) -> None:
    drill.world.away.redis = True


@step("the worker is down")
def _worker_down(drill: Drill) -> None:
    drill.world.away.worker = True


@step("the carrier refuses every call")
def _refuses(drill: Drill) -> None:
    drill.world.network.faults.refuse_calls = True


@step("replies of the carrier are lost")
def _replies_lost(drill: Drill) -> None:
    for network in drill.world.networks:
        network.faults.lose_create_replies = True


@step("the carrier works again", acts=True)
def _works_again(drill: Drill) -> None:
    for network in drill.world.networks:
        network.faults.clear()


@step("Redis works again", acts=True)
def _redis_again(drill: Drill) -> None:
    drill.world.away.redis = False


@step("the worker works again", acts=True)
def _worker_again(drill: Drill) -> None:
    drill.world.away.worker = False


@step("{name}'s number is dead")
def _dead(drill: Drill, name: str) -> None:
    drill.staff(name).dead = True


@step("{who} calls", acts=True)
def _calls(drill: Drill, name: str) -> None:
    drill.anybody(name).dial(drill.world.line.line.number)


@step("{caller} calls {number}", acts=True)
def _calls_number(drill: Drill, name: str, number: str) -> None:
    drill.caller(name).dial(number)


@step("{caller} calls and presses {keys}", acts=True)
def _calls_and_presses(drill: Drill, name: str, keys: str) -> None:
    phone = drill.caller(name)
    phone.dial(drill.world.line.line.number)
    drill.world.settle()
    drill.press(phone, keys)


@step("{caller} presses {keys}", acts=True)
def _presses(drill: Drill, name: str, keys: str) -> None:
    drill.press(drill.caller(name), keys)


@step("{caller} hangs up", acts=True)
def _caller_hangs_up(drill: Drill, name: str) -> None:
    drill.caller(name).hang_up()


@step("{caller} texts {words}", acts=True)
def _caller_texts(drill: Drill, name: str, words: str) -> None:
    drill.caller(name).text(drill.world.line.line.number, words)


@step("{caller} texts {words} to {number}", acts=True)
def _caller_texts_number(drill: Drill, name: str, words: str, number: str) -> None:
    drill.caller(name).text(number, words)


@step("{caller} says {words}", acts=True)
def _caller_says(drill: Drill, name: str, words: str) -> None:
    drill.caller(name).say(words)


@step("{who} answers and presses {keys}", acts=True)
def _answers_and_presses(drill: Drill, name: str, keys: str) -> None:
    phone = drill.anybody(name)
    drill.wait_for_ring(phone)
    phone.answer()
    drill.world.settle()
    drill.press(phone, keys)


@step("{who} answers", acts=True)
def _answers(drill: Drill, name: str) -> None:
    phone = drill.anybody(name)
    drill.wait_for_ring(phone)
    phone.answer()


@step("{who}'s voicemail answers", acts=True)
def _voicemail(drill: Drill, name: str) -> None:
    phone = drill.anybody(name)
    drill.wait_for_ring(phone)
    phone.answer_as_voicemail()


@step("{who} declines", acts=True)
def _declines(drill: Drill, name: str) -> None:
    phone = drill.anybody(name)
    drill.wait_for_ring(phone)
    phone.decline()


@step("{name} presses {keys}", acts=True)
def _staff_presses(drill: Drill, name: str, keys: str) -> None:
    """Keys a person presses. In a conference a carrier listens for the star alone, so it goes before `##`."""
    phone = drill.staff(name)
    if keys in {"*", "##"}:
        drill.wait_for_company(phone)
    if keys == "##":
        drill.press(phone, "*")
    drill.press(phone, keys)


@step("{both} press {keys} at the same moment", acts=True)
def _both_press(drill: Drill, first: str, second: str, keys: str) -> None:
    """Both keys are pressed before the line hears of either; its door hears of the first one first."""
    phones = [drill.staff(first), drill.staff(second)]
    for phone in phones:
        phone.press(keys)


@step("{name} hangs up", acts=True)
def _staff_hangs_up(drill: Drill, name: str) -> None:
    drill.staff(name).hang_up()


@step("{name} texts {words}", acts=True)
def _staff_texts(drill: Drill, name: str, words: str) -> None:
    drill.staff(name).text(drill.world.line.line.number, words)


@step("{name} files {words}", acts=True)
def _files(drill: Drill, name: str, disposition: str) -> None:
    drill.staff(name).text(drill.world.line.line.number, f"done {disposition}")


@step("{n} seconds pass", acts=True)
def _seconds(drill: Drill, n: str) -> None:
    drill.world.run_for(float(n))


@step("{n} minutes pass", acts=True)
def _minutes(drill: Drill, n: str) -> None:
    drill.world.run_for(float(n) * 60)


@step("{n} hours pass", acts=True)
def _hours(drill: Drill, n: str) -> None:
    drill.world.run_for(float(n) * 3600)


@step("the ticker is killed", acts=True)
def _ticker_killed(drill: Drill) -> None:
    """Killed; whatever supervises the processes starts it again after a few seconds."""
    drill.world.away.ticker_until = drill.world.clock.now() + RESTART


@step("everything is killed and started again", acts=True)
def _everything_killed(drill: Drill) -> None:
    drill.world.start_up()
