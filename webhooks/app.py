"""The addresses of the carrier's door."""

from __future__ import annotations

from functools import partial

from flask import Flask, Response, jsonify, request
from werkzeug.exceptions import HTTPException

from escalation import health
from webhooks import messages, readiness, transcripts, voice
from webhooks.gate import LARGEST, Door, pass_gate, wrong_address


def create_app(door: Door) -> Flask:
    """The WSGI application of the carrier's door."""
    app = Flask("webhooks", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False
    app.register_error_handler(HTTPException, wrong_address)

    def post(path: str, name: str) -> None:
        app.add_url_rule(path, f"leg_{name}", partial(_leg, door, name), methods=["POST"])

    @app.post("/webhooks/voice/incoming")
    def incoming() -> Response:
        return pass_gate(door, request, voice.incoming)

    @app.post("/webhooks/voice/fallback")
    def fallback() -> Response:
        return pass_gate(door, request, voice.incoming)

    @app.post("/webhooks/voice/status")
    def status() -> Response:
        return pass_gate(door, request, voice.caller_status)

    @app.post("/webhooks/voice/room/<contact>")
    def room(contact: str) -> Response:
        return pass_gate(door, request, partial(voice.room, contact_id=contact))

    @app.post("/webhooks/voice/test/<probe>/<step>")
    def test(probe: str, step: str) -> Response:
        return pass_gate(door, request, partial(voice.test_request, probe_id=probe, step=step))

    @app.post("/webhooks/voice/ready/<duty>/<step>")
    def ready(duty: str, step: str) -> Response:
        return pass_gate(door, request, partial(readiness.request, duty_id=duty, step=step))

    @app.post("/webhooks/voice/<leg>/heard")
    def heard(leg: str) -> Response:
        return pass_gate(door, request, partial(transcripts.request, leg_id=leg, lexicon=door.lexicon))

    for name in voice.LEG_HANDLERS:
        post(f"/webhooks/voice/<leg>/{name}", name)

    @app.post("/webhooks/messages/incoming")
    def message() -> Response:
        handler = partial(messages.incoming, lexicon=door.lexicon)
        return pass_gate(door, request, handler, key=lambda form: form.need("MessageSid"))

    @app.post("/webhooks/messages/<command>/status")
    def message_status(command: str) -> Response:
        return pass_gate(door, request, partial(messages.status, command_id=command))

    @app.get("/readyz")
    def readyz() -> Response:
        with door.database.work() as work:
            return Response(f"line {work.line_version}\n", mimetype="text/plain")

    @app.get("/healthz")
    def healthz() -> tuple[Response, int]:
        told, status = health.answer(door.database)
        return jsonify(told), status

    return app


def _leg(door: Door, name: str, leg: str) -> Response:
    return pass_gate(door, request, partial(voice.leg_request, name=name, leg_id=leg))
