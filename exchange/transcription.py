"""Live transcription: what is said on a call, told to the application as it is said."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from exchange.step import Step
from exchange.twiml import Verb

if TYPE_CHECKING:
    from exchange.calls import Call

CONFIDENCE = 0.97
STABILITY = 0.8


@dataclass(eq=False)
class Transcription:
    """One transcription running on one call."""

    call: Call
    sid: str
    url: str
    method: str
    track: str
    language: str
    partial_results: bool
    name: str
    engine: str
    running: bool = True
    sequence: int = 0

    def start(self) -> None:
        """Tell the application it has begun."""
        configuration = {"profanityFilter": "true", "speechModel": "telephony"}
        self._tell(
            "transcription-started",
            ("ProviderConfiguration", json.dumps(configuration)),
            ("TranscriptionEngine", self.engine),
            ("Name", self.name),
            ("Track", self.track),
            ("InboundTrackLabel", ""),
            ("OutboundTrackLabel", ""),
            ("PartialResults", "true" if self.partial_results else "false"),
        )

    def stop(self) -> None:
        """It hears no more; told once."""
        if self.running:
            self.running = False
            self._tell("transcription-stopped")

    def fail(self) -> None:
        """The speech engine gives up; told once, and nothing follows."""
        if self.running:
            self.running = False
            self._tell("transcription-error", ("TranscriptionErrorCode", "32655"))

    def hear(self, words: str, track: str, final: bool) -> None:
        """Words on one of the call's two tracks. What is not final is told only if that was asked for."""
        if not self.running or self.track not in (track, "both_tracks"):
            return
        if not final and not self.partial_results:
            return
        content = {"transcript": words, "confidence": CONFIDENCE} if final else {"transcript": words}
        extra = [
            ("Track", track),
            ("TranscriptionData", json.dumps(content, ensure_ascii=False)),
            ("Final", "true" if final else "false"),
        ]
        if not final:
            extra.append(("Stability", str(STABILITY)))
        self._tell("transcription-content", *extra)

    def _tell(self, event: str, *extra: tuple[str, str]) -> None:
        if not self.url:
            return
        self.sequence += 1
        network = self.call.network
        stamp = network.agenda.now().isoformat(timespec="microseconds").replace("+00:00", "Z")
        form = (
            ("AccountSid", network.account_sid),
            ("CallSid", self.call.sid),
            ("TranscriptionSid", self.sid),
            ("TranscriptionEvent", event),
            ("SequenceId", str(self.sequence)),
            ("Timestamp", stamp),
            ("LanguageCode", self.language),
            *extra,
        )
        network.courier.notify(self.url, self.method, form)


class StartTranscriptions(Step):
    """Start: begin transcribing and go straight on."""

    def begin(self) -> bool:
        self.network.trunk.answer(self.call)
        for noun in self.verb.children:
            transcription = self._transcription(noun)
            self.call.transcriptions.append(transcription)
            transcription.start()
        return True

    def _transcription(self, noun: Verb) -> Transcription:
        given = noun.get("statusCallbackUrl")
        sid = self.network.sids.new("GT")
        return Transcription(
            call=self.call,
            sid=sid,
            url=urljoin(self.script.at.url, given) if given else "",
            method=noun.get("statusCallbackMethod", "POST"),
            track=noun.get("track", "both_tracks"),
            language=noun.get("languageCode", "en-US"),
            partial_results=noun.flag("partialResults"),
            name=noun.get("name", sid),
            engine=noun.get("transcriptionEngine", "google"),
        )


class StopTranscriptions(Step):
    """Stop: end the transcriptions named, or all if none is."""

    def begin(self) -> bool:
        for noun in self.verb.children:
            for transcription in self.call.transcriptions:
                if noun.get("name") in ("", transcription.name):
                    transcription.stop()
        return True
