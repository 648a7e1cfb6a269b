"""Proof that each shared drill can fail: breaks one thing at a time in a copy, and runs the drill that should notice.

Usage: python bench/break_on_purpose.py [part of a scenario's name]
Prints a Markdown table, and exits 1 if a drill passes although what it checks is broken.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LEFT_OUT = shutil.ignore_patterns(".*", "__pycache__", "*.egg-info", "build", "node_modules")
RUN = "import sys, entrypoints.cli as cli; assert cli.__file__.startswith(sys.argv.pop(1)), cli.__file__; cli.main()"
AT_ONCE = 2


@dataclass(frozen=True)
class Break:
    """One thing to break: `text` stands exactly once in `file`, and `scenario` of `drill` must notice its loss."""

    drill: str
    scenario: str
    what: str
    file: str
    text: str
    instead: str


BREAKS = (
    Break(
        "voice",
        "A peer answers",
        "the key that takes a call is another",
        "webhooks/screening.py",
        'if form.get("Digits") == "1":\n        answer = offers.accept',
        'if form.get("Digits") == "7":\n        answer = offers.accept',
    ),
    Break(
        "voice",
        "Nobody picks up, so the ring moves on",
        "when one has not answered, nobody is asked",
        "routing/choose.py",
        "if person in contact.missed and self._missed_until(person) > self.pool.now:",
        "if contact.missed:",
    ),
    Break(
        "voice",
        "Voicemail never counts as a person",
        "picking up is enough",
        "webhooks/screening.py",
        "    return _ask_for_key(work, contact, leg, 0)\n",
        "    if leg.page_id is None:\n"
        "        offers.accept(work, contact, work.session.get_one(Offer, leg.offer_id))\n"
        "        return hearing.join(work, contact, leg, None)\n"
        "    return _ask_for_key(work, contact, leg, 0)\n",
    ),
    Break(
        "voice",
        "A Spanish speaker is heard in Spanish",
        "the language is not looked at",
        "routing/pool.py",
        "if wanted.language is not None and wanted.language not in one.languages:",
        "if False:",
    ),
    Break(
        "voice",
        "The wait brings in backup, then clinicians",
        "backup joins from the beginning",
        "routing/choose.py",
        "if opening.after_seconds > self.age and self._left(opened):",
        "if opening.after_seconds > self.age + 45 and self._left(opened):",
    ),
    Break(
        "voice",
        "Nobody answers at all",
        "whoever does not choose goes on waiting for ever",
        "webhooks/voice.py",
        'contacts.divert(work, contact, "the wait limit is reached and no other choice was made", "partner")',
        "contacts.go_on_waiting(work, contact)",
    ),
    Break(
        "voice",
        "Two callers, one peer each",
        "whoever is busy is not passed over",
        "routing/pool.py",
        "        if self.free_shares < shares:\n            return True\n",
        "        return False\n",
    ),
    Break(
        "voice",
        "The caller gives up while a phone is ringing",
        "phones ring on when the caller has gone",
        "routing/contacts.py",
        "        if offer.state in OFFER_ASKING or offer.state is OfferState.ACCEPTED:\n            take_back",
        "        if offer.state is OfferState.ACCEPTED:\n            take_back",
    ),
    Break(
        "voice",
        "The peer's line drops and the caller does not",
        "a peer's line that drops is not noticed",
        "routing/calls.py",
        "            offers.lost(work, contact, offer, why)\n",
        "            pass\n",
    ),
    Break(
        "voice",
        "A peer asks for help without letting go",
        "the star key pages nobody",
        "webhooks/voice.py",
        "cases.ask_for_clinician(work, contact, offer.person_id)",
        "",
    ),
    Break(
        "voice",
        "In danger now",
        "the key for danger is graded one too low",
        "webhooks/voice.py",
        "contacts.raise_risk(work, contact, Tier.IMMINENT,",
        "contacts.raise_risk(work, contact, Tier.HIGH,",
    ),
    Break(
        "text",
        "A texter is acknowledged, then answered",
        "what the texter writes later reaches nobody",
        "webhooks/messages.py",
        "threads.relay_to_people(work, contact, words)",
        "pass",
    ),
    Break(
        "text",
        "Words of immediate danger reach a clinician at once",
        "grave words change nothing",
        "webhooks/messages.py",
        "tier = risk.tier",
        "tier = Tier.NONE",
    ),
    Break(
        "text",
        "Everyday words do not",
        "every word is grave",
        "webhooks/messages.py",
        "tier = risk.tier",
        "tier = Tier.IMMINENT",
    ),
    Break(
        "text",
        "HELP opens a contact as well as saying what carriers require",
        "HELP is answered and opens nothing",
        "webhooks/messages.py",
        "    if keyword in START_WORDS:\n",
        "    if keyword in HELP_WORDS:\n        return\n    if keyword in START_WORDS:\n",
    ),
    Break(
        "text",
        "Nobody takes the text",
        "a text offer never ends",
        "routing/offers.py",
        "        until = work.now + timedelta(seconds=seconds)\n",
        "        until = work.now + timedelta(hours=1)\n",
    ),
    Break(
        "faults",
        "Every callback arrives twice",
        "a request that comes again is not recognised",
        "helpline/inbox.py",
        ".on_conflict_do_nothing()",
        "",
    ),
    Break(
        "faults",
        "No callback arrives at all",
        "the caller is joined only once a notice has said that the contact is connected",
        "webhooks/hearing.py",
        "    if is_taken(work, contact.id):\n        return join(work, contact, leg, None if",
        "    if contact.state is ContactState.CONNECTED:\n        return join(work, contact, leg, None if",
    ),
    Break(
        "faults",
        "Redis is gone",
        "a new contact is not matched before the regular round",
        "routing/contacts.py",
        "def _wait(work: Work, contact: Contact, ladder: datetime | None = None) -> None:\n"
        "    timers.bring_forward(work, TimerKind.MATCH, contact.queue, work.now)",
        "def _wait(work: Work, contact: Contact, ladder: datetime | None = None) -> None:\n"
        "    timers.bring_forward(work, TimerKind.MATCH, contact.queue, work.now + LOOK_AGAIN)",
    ),
    Break(
        "faults",
        "The carrier will not place calls",
        "the limit is told only to whoever somebody is being rung for",
        "webhooks/hearing.py",
        "    if left <= 0:\n",
        "    if left <= 0 and contact.state is ContactState.OFFERED:\n",
    ),
    Break(
        "faults",
        "Everything is killed while a caller waits",
        "a start forgets what was due",
        "helpline/database.py",
        "        self._lines, self._kept = Lines(), Kept()\n",
        "        self._lines, self._kept = Lines(), Kept()\n"
        "        from sqlalchemy import text\n"
        "        with engine.begin() as connection:\n"
        '            connection.execute(text("DELETE FROM timer"))\n',
    ),
    Break(
        "faults",
        "Nobody is on shift",
        "whoever is not on shift is rung",
        "routing/pool.py",
        "if not one.on_shift:",
        "if False:",
    ),
)


class NotBroken(Exception):
    """What should be broken is not there to break, or the drill did not run."""


def only(text: str, scenario: str) -> str:
    """A feature file with this one scenario of it."""
    head, *rest = re.split(r"\n(?=  Scenario)", text)
    wanted = [part for part in rest if part.startswith(f"  Scenario: {scenario}\n")]
    if len(wanted) != 1:
        raise NotBroken(f"there is not one scenario {scenario!r}")
    return f"{head}\n{wanted[0]}"


def drill(copy: Path, *paths: Path) -> subprocess.CompletedProcess[str]:
    """Run `helpline drill` on these files with the code of the copy, and no other."""
    return subprocess.run(  # noqa: S603 - our own command, in our own copy
        [sys.executable, "-c", RUN, str(copy), "drill", *map(str, paths), "--json"],
        cwd=copy,
        env={**os.environ, "PYTHONPATH": str(copy)},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )


def run(one: Break) -> str | None:
    """Run the scenario in a copy in which one thing is broken. Returns the step that failed; None if it passed."""
    with tempfile.TemporaryDirectory(prefix="helpline-broken-") as folder:
        copy = Path(folder, "copy")
        shutil.copytree(ROOT, copy, ignore=LEFT_OUT)
        place = copy / one.file
        text = place.read_text(encoding="utf-8")
        if text.count(one.text) != 1:
            raise NotBroken(f"{one.file} holds {text.count(one.text)} times: {one.text!r}")
        place.write_text(text.replace(one.text, one.instead), encoding="utf-8")
        alone = copy / "drills" / "one.feature"
        alone.write_text(only((copy / "drills" / f"{one.drill}.feature").read_text("utf-8"), one.scenario), "utf-8")
        done = drill(copy, alone)
        lines = done.stdout.splitlines()
        if len(lines) != 2:
            raise NotBroken(f"the drill did not run: {done.stderr[-400:]}")
        step: str | None = json.loads(lines[0])["failed_step"]
        return step


def main() -> int:
    chosen = [one for one in BREAKS if not sys.argv[1:] or sys.argv[1] in one.scenario]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        steps = list(pool.map(run, chosen))
    sys.stdout.write("| drill | scenario | what was broken | failed at |\n|---|---|---|---|\n")
    for one, step in zip(chosen, steps, strict=True):
        failed = f"`{step}`" if step else "**it passed**"
        sys.stdout.write(f"| {one.drill} | {one.scenario} | {one.what} (`{one.file}`) | {failed} |\n")
    return 0 if all(steps) and whole_passes() else 1


def whole_passes() -> bool:
    """Whether the same drills pass in a copy in which nothing is broken."""
    with tempfile.TemporaryDirectory(prefix="helpline-whole-") as folder:
        copy = Path(folder, "copy")
        shutil.copytree(ROOT, copy, ignore=LEFT_OUT)
        done = drill(copy, *(copy / "drills" / f"{name}.feature" for name in ("voice", "text", "faults")))
    sys.stderr.write("" if done.returncode == 0 else f"with nothing broken: {done.stdout}\n")
    return done.returncode == 0


if __name__ == "__main__":
    try:
        raise SystemExit(main())
    except NotBroken as fault:
        raise SystemExit(str(fault)) from None
