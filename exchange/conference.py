"""A conference: who is in it, who hears whom, when it starts and ends, and what it tells the application."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from exchange.calls import Call

if TYPE_CHECKING:
    from exchange.conferring import Confer
    from exchange.network import Exchange


class ConferenceStatus(StrEnum):
    """Waiting for somebody to start it, under way, or over."""

    INIT = "init"
    IN_PROGRESS = "in-progress"
    COMPLETED = "completed"


class Left(StrEnum):
    """Why a participant is no longer there."""

    HUNG_UP = "participant_hung_up"
    UPDATED = "participant_updated_via_api"
    MODERATOR = "moderator_ended_conference"
    API = "conference_ended_via_api"


class Ended(StrEnum):
    """Why a conference is over."""

    API = "conference-ended-via-api"
    LAST_LEFT = "last-participant-left"
    LAST_KICKED = "last-participant-kicked"
    ENDER_LEFT = "participant-with-end-conference-on-exit-left"
    ENDER_KICKED = "participant-with-end-conference-on-exit-kicked"


@dataclass(eq=False)
class Participant:
    """One call in a conference."""

    call: Call
    step: Confer
    joined: datetime
    label: str = ""
    muted: bool = False
    hold: bool = False
    coaching: str = ""
    start_on_enter: bool = True
    end_on_exit: bool = False
    updated: datetime | None = None


@dataclass(eq=False)
class Conference:
    """One room, from the first who comes to the last who goes. A name used again makes another room."""

    network: Exchange
    sid: str
    name: str
    created: datetime
    status: ConferenceStatus = ConferenceStatus.INIT
    participants: dict[str, Participant] = field(default_factory=dict)
    updated: datetime | None = None
    callback: str = ""
    callback_method: str = "POST"
    callback_events: frozenset[str] = frozenset()
    sequence: int = 0
    ended_by: str = ""
    ended_because: Ended | None = None

    @property
    def live(self) -> bool:
        """Whether it is not over."""
        return self.status is not ConferenceStatus.COMPLETED

    def find(self, key: str) -> Participant | None:
        """A participant by CallSid or label."""
        found = self.participants.get(key)
        return found or next((each for each in self.participants.values() if each.label == key), None)

    def join(self, participant: Participant) -> None:
        """Let somebody in; the conference starts with the second, if one of them may start it."""
        self.participants[participant.call.sid] = participant
        self.tell("join", "participant-join", participant)
        may_start = any(each.start_on_enter for each in self.participants.values())
        if self.status is ConferenceStatus.INIT and may_start and len(self.participants) > 1:
            self._move(ConferenceStatus.IN_PROGRESS)
            self.tell("start", "conference-start")
            for each in self.participants.values():
                each.step.conference_started()

    def leave(self, participant: Participant, why: Left, kicked: bool = False) -> None:
        """Take somebody out; the conference may end with that."""
        if self.participants.pop(participant.call.sid, None) is None:
            return
        self.tell("leave", "participant-leave", participant, *_why(participant, why))
        if not self.live:
            return
        if participant.end_on_exit:
            self.end(Ended.ENDER_KICKED if kicked else Ended.ENDER_LEFT, participant)
        elif not self.participants:
            self.end(Ended.LAST_KICKED if kicked else Ended.LAST_LEFT, participant)

    def end(self, because: Ended, ender: Participant | None = None) -> None:
        """Close the room. Who is still in it goes on to what follows in their own document."""
        if not self.live:
            return
        self._move(ConferenceStatus.COMPLETED)
        self.ended_because = because
        self.ended_by = ender.call.sid if ender is not None else ""
        extra = [("ReasonConferenceEnded", str(because)), ("Reason", because.replace("-", " "))]
        if ender is not None:
            extra.append(("CallSidEndingConference", ender.call.sid))
            if ender.label:
                extra.append(("ParticipantLabelEndingConference", ender.label))
        self.tell("end", "conference-end", None, *extra)
        left = Left.API if because is Ended.API else Left.MODERATOR
        for each in list(self.participants.values()):
            self.participants.pop(each.call.sid, None)
            self.tell("leave", "participant-leave", each, *_why(each, left))
            each.step.conference_left()

    def nobody_came(self) -> None:
        """A call that was to join is over; a room still empty closes."""
        if not self.participants:
            self.end(Ended.LAST_LEFT)

    def hears(self, listener: Call, speaker: Call) -> bool:
        """Whether the one call hears the other, by mute, hold and coaching."""
        to, of = self.participants.get(listener.sid), self.participants.get(speaker.sid)
        if self.status is not ConferenceStatus.IN_PROGRESS or to is None or of is None or to is of:
            return False
        if to.hold or of.hold or of.muted:
            return False
        return not of.coaching or of.coaching == listener.sid

    def tell(self, event: str, name: str, participant: Participant | None = None, *extra: tuple[str, str]) -> None:
        """Send a notice, if the first participant asked for that kind."""
        if not self.callback or event not in self.callback_events:
            return
        self.sequence += 1
        form = [
            ("ConferenceSid", self.sid),
            ("FriendlyName", self.name),
            ("AccountSid", self.network.account_sid),
            ("SequenceNumber", str(self.sequence)),
            ("Timestamp", format_datetime(self.network.agenda.now())),
            ("StatusCallbackEvent", name),
        ]
        if participant is not None:
            form += [
                ("CallSid", participant.call.sid),
                ("Muted", _word(participant.muted)),
                ("Hold", _word(participant.hold)),
                ("Coaching", _word(bool(participant.coaching))),
                ("EndConferenceOnExit", _word(participant.end_on_exit)),
                ("StartConferenceOnEnter", _word(participant.start_on_enter)),
            ]
            if participant.coaching:
                form.append(("CallSidToCoach", participant.coaching))
            if participant.label:
                form.append(("ParticipantLabel", participant.label))
        self.network.courier.notify(self.callback, self.callback_method, (*form, *extra))

    def _move(self, status: ConferenceStatus) -> None:
        self.status = status
        self.updated = self.network.agenda.now()


def _why(participant: Participant, why: Left) -> tuple[tuple[str, str], ...]:
    return (
        ("ParticipantCallStatus", str(participant.call.status)),
        ("ReasonParticipantLeft", str(why)),
    )


def _word(flag: bool) -> str:
    return "true" if flag else "false"
