"""A line that listens to live calls, and what is said before a sentence is final."""

from __future__ import annotations

from entrypoints.drill.scene import Drill, NotSo
from entrypoints.drill.vocabulary import step

TABLE = '\n[transcription]\nwhile_waiting = true\noff_key = "8"\nstable_from = 0.8\n'


@step("calls are listened to")
def _listened_to(drill: Drill) -> None:
    """The table `transcription` with every value as it usually is, so that the next sentence can change one."""
    drill.rewrite_line(lambda text: text + TABLE)


@step("{caller} says {words}, and that is not final", acts=True)
def _says_so_far(drill: Drill, name: str, words: str) -> None:
    drill.caller(name).say(words, final=False)


@step("{name} says {words}", acts=True)
def _one_of_us_says(drill: Drill, name: str, words: str) -> None:
    drill.staff(name).say(words)


@step("the carrier cannot write down what {caller} says", acts=True)
def _cannot_write_down(drill: Drill, name: str) -> None:
    call = drill.caller(name).call
    running = [one for one in call.transcriptions if one.running] if call is not None else []
    if not running:
        raise NotSo(f"{name} is not listened to")
    for transcription in running:
        transcription.fail()
