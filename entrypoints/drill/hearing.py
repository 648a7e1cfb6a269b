"""A line that listens to live calls: its table and its words, and what is said or heard that is not final."""

from __future__ import annotations

import re

from entrypoints.drill.scene import Drill, NotSo
from entrypoints.drill.vocabulary import step

TABLE = '\n[transcription]\nwhile_waiting = true\noff_key = "8"\nstable_from = 0.8\n'
WORDS = {
    "transcribed": "A computer listens for words of danger. Nothing is recorded or kept. To switch it off, press 8.",
    "transcription_off": "It is switched off.",
    "heard_revised": "The words for which you were called were heard differently a moment later.",
}
"""What is said about it in English by a line file that has no words of its own for it."""


def listening_line(text: str) -> str:
    """The line file `text` with the table `transcription`, and with the words for it that it does not have."""
    missing = {key: words for key, words in WORDS.items() if not re.search(rf"^{key} = ", text, re.MULTILINE)}
    said = "".join(f'{key} = "{words}"\n' for key, words in missing.items())
    return text.replace("\n[say.en]\n", f"\n[say.en]\n{said}", 1) + TABLE


@step("calls are listened to")
def _listened_to(drill: Drill) -> None:
    """The table `transcription` with every value as it usually is, so that the next sentence can change one."""
    drill.rewrite_line(listening_line)


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
