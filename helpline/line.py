"""A line's policy: one file, validated with errors that name the line and the key, frozen once read."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

import phonenumbers
from pydantic import AfterValidator, Field, ValidationError, model_validator

from helpline.audit_policy import AUDIT_WORDS, TEST_WORDS, Audit, TestContacts
from helpline.carriers import CARRIER_WORDS, Carriers
from helpline.closing_policy import CLOSING_WORDS, FOLLOW_UP_WORDS, Closing, FollowUpPolicy
from helpline.danger_policy import DANGER_WORDS, Danger
from helpline.foresight import ALARM_WORDS
from helpline.guest_policy import GUEST_WORDS, Guests
from helpline.hours import read_zone
from helpline.nouns import CarrierName, Channel, Tier
from helpline.presence_policy import PRESENCE_WORDS, Presence
from helpline.queue import Delay, Part, Queue, Seconds, Timed, earliest_first
from helpline.returning import BLOCK_WORDS, CARE_WORDS, CONTINUITY_WORDS, Blocks, Care, Continuity
from helpline.rota_limits import ROTA_WORDS
from helpline.rota_policy import NO_POLICY, RotaPolicy
from helpline.routes import Route
from helpline.silence_policy import SILENCE_WORDS, SilencePolicy
from helpline.transcription_policy import TRANSCRIPTION_WORDS, Transcription
from helpline.words import (
    FACTS,
    LANGUAGE_NAMES,
    OPTIONAL,
    PROTECTION_WORDS,
    REFUSAL_WORDS,
    TRANSFER_WORDS,
    UNSUPERVISED_WORDS,
    WORDS,
    check_template,
)


class LineError(Exception):
    """The line file cannot be used; the text says where and why, one problem a line."""


def _number(value: str) -> str:
    try:
        parsed = phonenumbers.parse(value)
    except phonenumbers.NumberParseException:
        raise ValueError("not a telephone number; write it as +12125550100") from None
    if not phonenumbers.is_possible_number(parsed):
        raise ValueError("not a possible telephone number")
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


Number = Annotated[str, AfterValidator(_number)]
Zone = Annotated[str, AfterValidator(read_zone)]
Language = Annotated[str, Field(pattern=r"^[a-z]{2}$")]


class Identity(Part):
    name: str
    number: Number
    numbers: tuple[Number, ...] = ()
    timezone: Zone
    languages: Annotated[tuple[Language, ...], Field(min_length=1)]
    queue: str
    rescue: Literal["never", "with_consent", "act_under_way"]

    @property
    def every_number(self) -> tuple[str, ...]:
        """Every number by which the line is reached; it is known by the first."""
        return (self.number, *self.numbers)


class Keys(Part):
    danger: Annotated[str, Field(pattern=r"^[0-9]$")]
    language: Mapping[Annotated[str, Field(pattern=r"^[0-9]$")], Language] = {}
    language_words: Mapping[Annotated[str, Field(min_length=2, max_length=20)], Language] = {}


class Capacity(Part):
    shares: Annotated[int, Field(ge=1, le=100)]
    voice: Annotated[int, Field(ge=1, le=100)]
    text: Annotated[int, Field(ge=1, le=100)]
    alone_from: Literal["elevated", "high", "imminent", "never"] = "never"

    @property
    def alone_from_tier(self) -> Tier | None:
        """From this tier on whoever is with a contact is given no other beside it."""
        return None if self.alone_from == "never" else Tier.parse(self.alone_from)

    def of(self, channel: Channel) -> int:
        """Shares one contact of this channel takes."""
        return self.voice if channel is Channel.VOICE else self.text

    @model_validator(mode="after")
    def _fits(self) -> Capacity:
        if self.voice != self.shares:
            raise ValueError("a call takes the whole person: voice must equal shares")
        if self.text > self.shares:
            raise ValueError("text may not take more than shares")
        return self


class Protection(Part):
    """What the line does for those who answer. Its own policy throughout: no research gives these figures.

    A limit or a rest of 0 is none.
    """

    rest_after_hard_seconds: Delay = 0
    hard_from: Literal["elevated", "high", "imminent"] = "high"
    contacts_per_shift: Annotated[int, Field(ge=0, le=1000)] = 0
    hours_per_shift: Annotated[float, Field(ge=0, le=24)] = 0
    longest_pause_seconds: Delay = 3600
    presence_after_missed: Annotated[int, Field(ge=1, le=20)] = 3

    def pause_after(self, missed: int, first: float) -> timedelta:
        """How long somebody is not asked after so many rings in a row that they did not answer: doubled each time."""
        return timedelta(seconds=min(first * 2 ** (min(missed, 20) - 1), max(first, self.longest_pause_seconds)))


class WrapUp(Part):
    seconds: Seconds


class Text(Part):
    silence_minutes: Annotated[float, Field(gt=0, le=1440)]


class Divert(Part):
    choice_seconds: Annotated[int, Field(ge=1, le=60)]
    decide_seconds: Seconds
    partner_name: str
    partner_number: Number


class Transfer(Part):
    """How long somebody is asked by name to take over a call, and a text conversation, before it returns."""

    patience_seconds: Seconds = 30
    text_patience_seconds: Seconds = 60

    def patience(self, channel: Channel) -> float:
        """Seconds for which one person is asked."""
        return self.patience_seconds if channel is Channel.VOICE else self.text_patience_seconds


class WaitStep(Timed):
    tier: Annotated[int, Field(ge=1, le=9)]


class RiskStep(Part):
    after_seconds: Delay
    tier: Annotated[int, Field(ge=1, le=9)]
    even_if_connected: bool
    tell_supervisor: bool


class LadderRisks(Part):
    imminent: RiskStep
    high: RiskStep


class Callback(Part):
    """How long the line tries to find somebody for a caller who asked to be called back."""

    within_hours: Annotated[float, Field(gt=0, le=72)]
    look_every_seconds: Seconds
    ring_seconds: Seconds


class Ladder(Part):
    """How clinicians are brought in. After so many `refusals` of peers, 0 for none, tier 1 is paged.

    Who is at risk or asked for, and acknowledged by nobody for `everybody_after_seconds`, is everybody's; 0: never.
    Where nobody supervises, whoever is on call is told instead, by `text`, or by a `page` that is repeated; without
    the key the supervisors who are not on shift are.
    """

    repeat_seconds: Seconds
    ring_seconds: Seconds
    tiers_by_wait: Annotated[tuple[WaitStep, ...], AfterValidator(earliest_first)]
    risk: LadderRisks
    refusals: Annotated[int, Field(ge=0, le=100)] = 0
    everybody_after_seconds: Delay = 0
    without_supervisor: Literal["text", "page"] | None = None


class Retention(Part):
    contact_days: Annotated[int, Field(ge=1, le=3650)]
    inbox_days: Annotated[int, Field(ge=1, le=365)]


class Line(Part):
    """Everything a line decides for itself. `version` is the hash of the file it was read from.

    Without a table `transfer` nobody can pass a contact on by text; without `presence`, whoever is on shift is there;
    without `audit`, nobody watches over it; without `closing`, a grave contact closes like any other; without
    `follow_up`, nobody is called again; without `danger`, no rescues are kept; without `transcription`, no call is
    listened to; without `silence`, silence is no signal; without `guests`, who joins a peer has no keys of their own.
    """

    line: Identity
    keys: Keys
    queues: Annotated[Mapping[str, Queue], Field(min_length=1)]
    routes: tuple[Route, ...] = ()
    capacity: Capacity
    wrap_up: WrapUp
    protection: Protection | None = None
    text: Text
    divert: Divert
    callback: Callback
    transfer: Transfer | None = None
    ladder: Ladder
    retention: Retention
    continuity: Continuity = Continuity()
    care: Care | None = None
    blocks: Blocks | None = None
    carriers: Carriers | None = None
    rota: RotaPolicy = NO_POLICY
    presence: Presence | None = None
    danger: Danger | None = None
    audit: Audit | None = None
    silence: SilencePolicy | None = None
    guests: Guests | None = None
    test_contacts: TestContacts | None = None
    closing: Closing | None = None
    follow_up: FollowUpPolicy | None = None
    transcription: Transcription | None = None
    say: Mapping[Language, Mapping[str, str]]
    version: str = ""

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.line.timezone)

    @property
    def language(self) -> str:
        return self.line.languages[0]

    @property
    def holidays(self) -> frozenset[date]:
        return self.rota.free_days

    def carrier_of(self, number: str | None) -> CarrierName:
        """The carrier that holds this number of the line."""
        held = self.carriers.signalwire if self.carriers else ()
        return CarrierName.SIGNALWIRE if number in held else CarrierName.TWILIO

    def numbers_of(self, carrier: CarrierName) -> tuple[str, ...]:
        """The line's numbers that this carrier holds."""
        return tuple(number for number in self.line.every_number if self.carrier_of(number) is carrier)

    def queue(self, name: str) -> Queue:
        return self.queues[name]

    @property
    def menu_keys(self) -> frozenset[str]:
        """Keys that lead to a queue or a topic."""
        return frozenset(key for route in self.routes for key in route.keys)

    def words(self, key: str, spoken: str | None = None, /, **facts: str | int) -> str:
        """The line's words for `key`, in the language `spoken` if the line has them there, else in its first.

        A line may be without the words of OPTIONAL: then there are none.
        """
        first = self.say[self.language]
        template = self.say.get(spoken or self.language, {}).get(key)
        template = template or (first.get(key, "") if key in OPTIONAL else first[key])
        known = {
            "line": self.line.name,
            "partner": self.divert.partner_name,
            "partner_number": self.divert.partner_number,
        }
        said = template.format_map({**dict.fromkeys(FACTS, ""), **known, **facts})
        return re.sub(" {2,}", " ", said).strip()

    def spoken_name(self, language: str) -> str:
        """The name of a language, in the line's first one."""
        return LANGUAGE_NAMES.get(language, language)

    def words_of_risk(self, tier: Tier) -> str:
        return self.words(f"risk_{tier.word}")

    def _unneeded_words(self) -> frozenset[str]:
        """Words for what the line does not do."""
        does = (
            (self.continuity.first_for_seconds, CONTINUITY_WORDS),
            (self.care, CARE_WORDS),
            (self.blocks, BLOCK_WORDS),
            (self.protection, PROTECTION_WORDS),
            (self.transfer, TRANSFER_WORDS),
            (self.carriers, CARRIER_WORDS),
            (self.rota.alarms, ALARM_WORDS),
            (self.rota.limits, ROTA_WORDS),
            (self.presence, PRESENCE_WORDS),
            (self.danger, DANGER_WORDS),
            (self.audit, AUDIT_WORDS),
            (self.test_contacts, TEST_WORDS),
            (self.closing, CLOSING_WORDS),
            (self.follow_up, FOLLOW_UP_WORDS),
            (self.transcription, TRANSCRIPTION_WORDS),
            (self.silence, SILENCE_WORDS),
            (self.guests, GUEST_WORDS),
            (self.ladder.refusals, REFUSAL_WORDS),
            (self.ladder.without_supervisor, UNSUPERVISED_WORDS),
        )
        return frozenset[str]().union(*(words for done, words in does if not done))

    @model_validator(mode="after")
    def _hangs_together(self) -> Line:
        if self.line.queue not in self.queues:
            raise ValueError(f"line.queue: there is no queue called {self.line.queue!r}")
        if self.language not in self.say:
            raise ValueError(f"line.languages: {self.language!r} comes first and has no words in say.{self.language}")
        for name, queue in self.queues.items():
            strange = next((other for step in queue.steps for other in step.queues if other not in self.queues), None)
            if strange is not None:
                raise ValueError(f"queues.{name}.steps: there is no queue called {strange!r}")
        missing = sorted(WORDS - self._unneeded_words() - set(self.say[self.language]))
        if missing:
            raise ValueError(f"say.{self.language}: missing {', '.join(missing)}")
        for language, words in self.say.items():
            for key, template in words.items():
                if key not in WORDS | OPTIONAL:
                    raise ValueError(f"say.{language}.{key}: the line has no use for these words")
                check_template(f"say.{language}.{key}", template)
        chosen = {"language": self.keys.language, "language_words": self.keys.language_words}
        for table, key, language in ((table, *each) for table, of in chosen.items() for each in of.items()):
            if language not in self.line.languages:
                raise ValueError(f"keys.{table}.{key}: {language!r} is not one of the line's languages")
        if self.keys.danger in self.keys.language:
            raise ValueError(f"keys.language.{self.keys.danger}: that key already means danger")
        if self.divert.partner_number in self.line.every_number:
            raise ValueError("divert.partner_number: that is this line itself")
        self._check_routes()
        self._check_cover()
        self._check_carriers()
        self._check_tests()
        self._check_transcription()
        self._check_danger()
        return self

    def _check_danger(self) -> None:
        may_send = self.line.rescue != "never"
        if self.danger is not None and may_send and not any(step.sends for step in self.danger.help):
            raise ValueError(f"danger.help: line.rescue is {self.line.rescue!r}, and no step sends anybody")

    def _check_carriers(self) -> None:
        if self.carriers is None:
            return
        if len({*self.carriers.signalwire}) < len(self.carriers.signalwire):
            raise ValueError("carriers.signalwire: a number stands twice")
        if not {*self.carriers.signalwire} <= {*self.line.numbers}:
            raise ValueError("carriers.signalwire: a number is not one of line.numbers, written as there")

    def _check_transcription(self) -> None:
        taken = {self.keys.danger, *self.keys.language, *self.menu_keys}
        if self.transcription is not None and self.transcription.off_key in taken:
            raise ValueError("transcription.off_key: that key already means something else")
        heard = self.transcription.languages if self.transcription is not None else ()
        strange = next((language for language in heard if language not in self.line.languages), None)
        if strange is not None:
            raise ValueError(f"transcription.languages.{strange}: not one of the line's languages")

    def _check_tests(self) -> None:
        if self.test_contacts is None:
            return
        if self.test_contacts.from_number == self.line.number:
            raise ValueError("test_contacts.from_number: a number cannot call or text itself; use another")
        if self.carrier_of(self.test_contacts.from_number) is not CarrierName.TWILIO:
            raise ValueError("test_contacts.from_number: tests leave by the first carrier, and this is the second's")
        if self.audit is None:
            raise ValueError("test_contacts: nobody would be told when one fails; the line needs a table audit")

    def _check_cover(self) -> None:
        for place, cover in enumerate(self.rota.cover):
            if cover.queue is not None and cover.queue not in self.queues:
                raise ValueError(f"rota.cover.{place}.queue: there is no queue called {cover.queue!r}")
            if cover.language is not None and cover.language not in self.line.languages:
                raise ValueError(f"rota.cover.{place}.language: {cover.language!r} is not one of the line's languages")
        strange = next((one for one in self.rota.load.languages if one not in self.line.languages[1:]), None)
        if strange is not None:
            raise ValueError(f"rota.load.languages.{strange}: not one of the line's languages after the first")

    def _check_routes(self) -> None:
        if len({*self.line.every_number}) < len(self.line.every_number):
            raise ValueError("line.numbers: a number stands twice")
        for place, route in enumerate(self.routes):
            here = f"routes.{place}"
            if route.queue is not None and route.queue not in self.queues:
                raise ValueError(f"{here}.queue: there is no queue called {route.queue!r}")
            if route.number is not None and route.number not in self.line.every_number:
                raise ValueError(f"{here}.number: that is not one of the line's numbers, written as there")
            if self.keys.danger in route.keys:
                raise ValueError(f"{here}.keys: the key {self.keys.danger} already means danger")
            chosen = next((key for key in route.keys if key in self.keys.language), None)
            if chosen is not None:
                raise ValueError(f"{here}.keys: the key {chosen} already chooses a language")


PLAINLY = {"extra_forbidden": "the line has no such key", "missing": "is missing"}


def read_line(text: str, source: str = "line file") -> Line:
    """The line in `text` (TOML). LineError names each problem's line and key."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise LineError(f"{source}: {problem}") from None
    return _validate(raw, text, source)


def load_line(path: Path) -> Line:
    """The line in the file at `path`. LineError if it cannot be read or is not valid."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise LineError(f"{path}: cannot be read ({type(problem).__name__})") from None
    return read_line(text, path.name)


def _validate(raw: dict[str, Any], text: str, source: str) -> Line:
    version = hashlib.sha256(text.encode()).hexdigest()[:12]
    try:
        if "version" in raw:
            raise LineError(f"{source}, line {_line_of(text, ('version',))}: version: the line has no such key")
        return Line(**{**raw, "version": version})
    except ValidationError as problem:
        raise LineError("\n".join(_sentence(text, source, error) for error in problem.errors())) from None


def _sentence(text: str, source: str, error: Any) -> str:
    path = tuple(str(part) for part in error["loc"])
    message = PLAINLY.get(error["type"], error["msg"].removeprefix("Value error, "))
    if not path and ": " in message:
        path, message = tuple(message.partition(": ")[0].split(".")), message.partition(": ")[2]
    where = _line_of(text, path)
    place = f"{source}, line {where}" if where else source
    return f"{place}: {'.'.join(path)}: {message}" if path else f"{place}: {message}"


def _line_of(text: str, path: tuple[str, ...]) -> int | None:
    """The number of the line in which the key of `path` stands, or its nearest table if it is not there."""
    table, best = "", None
    rows: Counter[str] = Counter()
    for number, line in enumerate(text.splitlines(), start=1):
        header = re.match(r"\s*\[+([^\]]+)\]+", line)
        if header:
            table = header.group(1).strip()
        if header and line.lstrip().startswith("[["):
            rows[table] += 1
            table = f"{table}.{rows[table] - 1}"
        key = re.match(r"\s*\"?([\w-]+)\"?\s*=", line)
        here = tuple(table.split(".")) if table else ()
        if key and not header:
            here = (*here, key.group(1))
        if here and here == path[: len(here)] and (best is None or len(here) > best[0]):
            best = (len(here), number)
    return best[1] if best else None
