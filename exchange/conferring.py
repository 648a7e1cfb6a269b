"""Dial with a conference: joins it, waits in it with music, and goes on when it is left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from exchange.agenda import Entry
from exchange.conference import Conference, ConferenceStatus, Left, Participant
from exchange.dialling import TIME_LIMIT
from exchange.documents import Source
from exchange.speech import MUSIC
from exchange.step import Step
from exchange.twiml import Purpose, Verb

if TYPE_CHECKING:
    from exchange.script import Script


class Confer(Step):
    """One call's stay in a conference."""

    def begin(self) -> bool:
        self._noun: Verb = self.verb.children[0]
        self._music: Script | None = None
        self._limit: Entry | None = None
        self._participant: Participant | None = None
        self.network.trunk.answer(self.call)
        conference = self.network.conference(self._noun.text)
        refusal = self._refusal(conference)
        if refusal:
            self.network.courier.complain(f"{refusal}: {self._noun.text}")
            conference.nobody_came()
            self._finish("failed")
            return False
        self._conference = conference
        self._hear_events(conference)
        self._participant = self._arrival()
        limit = self.verb.number("timeLimit", TIME_LIMIT)
        self._limit = self.network.agenda.after(limit, lambda: self._walk_out(Left.HUNG_UP))
        conference.join(self._participant)
        if conference.status is ConferenceStatus.INIT:
            self._wait_with(self._noun.attributes.get("waitUrl"), self._noun.get("waitMethod", "POST"))
        return False

    @property
    def conference(self) -> Conference | None:
        """The room, while the call is in it."""
        return self._conference if self._participant is not None else None

    def key(self, key: str) -> None:
        if key == "*" and self.verb.flag("hangupOnStar"):
            self._walk_out(Left.HUNG_UP)

    def leave(self) -> None:
        self._step_out(Left.UPDATED)

    def hung_up(self) -> None:
        was_in = self._participant is not None
        self._step_out(Left.HUNG_UP)
        if was_in and self.verb.get("action"):
            self.script.last_word(self.script.source(self.verb, "action"), *self._outcome("answered"))

    def kick(self) -> None:
        """Removed over the REST side; the call goes on with its own document."""
        self._walk_out(Left.UPDATED, kicked=True)

    def hold(self, url: str | None, method: str) -> None:
        """Play music, or a document, to a participant put on hold."""
        self._wait_with(url, method)

    def unhold(self) -> None:
        """Back among the others."""
        self._silence()

    def conference_started(self) -> None:
        """There is somebody to talk to: the music stops."""
        self._silence()

    def conference_left(self) -> None:
        """The conference ended around this call."""
        self._participant = None
        self._silence()
        self.network.agenda.soon(self._go_on)

    def _arrival(self) -> Participant:
        noun = self._noun
        return Participant(
            call=self.call,
            step=self,
            joined=self.network.agenda.now(),
            label=noun.get("participantLabel"),
            muted=noun.flag("muted"),
            coaching=noun.get("coach"),
            start_on_enter=noun.flag("startConferenceOnEnter", default=True),
            end_on_exit=noun.flag("endConferenceOnExit"),
        )

    def _refusal(self, conference: Conference) -> str:
        label, coached = self._noun.get("participantLabel"), self._noun.get("coach")
        if label and conference.find(label) is not None:
            return f"16025 participant label {label} is taken"
        if coached and coached not in conference.participants:
            return f"13240 the call to coach is not in the conference ({coached})"
        if len(conference.participants) >= self._noun.number("maxParticipants", 250):
            return "13228 the conference is full"
        return ""

    def _hear_events(self, conference: Conference) -> None:
        if conference.callback or not self._noun.get("statusCallback"):
            return
        conference.callback = self.script.source(self._noun, "statusCallback").url
        conference.callback_method = self._noun.get("statusCallbackMethod", "POST")
        conference.callback_events = frozenset(self._noun.get("statusCallbackEvent").split())

    def _wait_with(self, url: str | None, method: str) -> None:
        self._silence()
        if url is None:
            self.call.phone.hear(MUSIC)
        elif url:
            self._music = self.script.another(
                self.call, Purpose.CONFERENCE_WAIT, on_end=lambda: None, on_error=self._music_failed
            )
            noun = Verb("Conference", {"waitUrl": url, "method": method}, "", ())
            source = self.script.source(noun, "waitUrl")
            self._music.fetch(Source(source.url, method), ("ConferenceSid", self._conference.sid))

    def _music_failed(self, code: int) -> None:
        del code
        held = self._participant is not None and self._participant.hold
        if self._participant is not None and not held:
            self._step_out(Left.UPDATED)
            self._finish("failed")

    def _silence(self) -> None:
        if self._music is not None:
            self._music.stop()
            self._music = None

    def _step_out(self, why: Left, kicked: bool = False) -> None:
        self._silence()
        if self._limit is not None:
            self._limit.cancel()
        participant, self._participant = self._participant, None
        if participant is not None:
            self._conference.leave(participant, why, kicked)

    def _walk_out(self, why: Left, kicked: bool = False) -> None:
        if self._participant is not None:
            self._step_out(why, kicked)
            self._go_on()

    def _go_on(self) -> None:
        if self.script.step is self:
            self._finish("answered")

    def _finish(self, status: str) -> None:
        if self.verb.get("action"):
            self.script.fetch(self.script.source(self.verb, "action"), *self._outcome(status))
        else:
            self.network.agenda.soon(lambda: self.script.go_on() if self.script.step is self else None)

    def _outcome(self, status: str) -> list[tuple[str, str]]:
        bridged = "true" if status == "answered" else "false"
        return [
            ("DialCallStatus", status),
            ("DialBridged", bridged),
            ("DialCallDuration", str(self.call.seconds)),
        ]
