"""The JSON by which the page, or a load test, moves the phones and the faults."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from flask import Flask, Response, jsonify, request, send_from_directory
from werkzeug.exceptions import HTTPException

from exchange import Faults, Phone
from exchange.live.desk import Desk, NumberTaken, parse_new_phone, parse_simulated
from exchange.live.directory import BadDirectory, Person, number
from exchange.live.guard import refusal
from exchange.live.snapshot import snapshot
from exchange.live.stream import Fanout
from exchange.live.ticker import Ticker
from exchange.phones import PhoneError

PAGE = Path(__file__).parent.parent / "page"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
LARGEST_BODY = 4_000_000

Body = Mapping[str, Any]


def panel(
    desk: Desk, ticker: Ticker, fanout: Fanout, changed: Callable[[], None], allowed_hosts: Collection[str]
) -> Flask:
    """The page and its JSON. ``changed`` is called after anything was moved."""
    app = Flask("exchange.panel", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    _guard(app, allowed_hosts)
    _serve_page(app)
    _serve_state(app, desk, ticker, fanout)
    _serve_moves(app, desk, changed)
    return app


def _guard(app: Flask, allowed_hosts: Collection[str]) -> None:
    @app.before_request
    def turn_away() -> tuple[Response, int] | None:
        origin, content_type = request.headers.get("Origin"), request.headers.get("Content-Type", "")
        why = refusal(request.method, request.host, origin, content_type, allowed_hosts)
        return None if why is None else (jsonify(error=why), 403)

    @app.after_request
    def protect(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = POLICY
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    @app.errorhandler(HTTPException)
    def say_why(error: HTTPException) -> tuple[Response, int]:
        return jsonify(error=error.description), error.code or 500

    @app.errorhandler(BadDirectory)
    def bad_entry(error: BadDirectory) -> tuple[Response, int]:
        return jsonify(error=str(error)), 400

    @app.errorhandler(PhoneError)
    @app.errorhandler(NumberTaken)
    def not_now(error: Exception) -> tuple[Response, int]:
        return jsonify(error=str(error)), 409


def _serve_page(app: Flask) -> None:
    @app.get("/")
    def page() -> Response:
        return send_from_directory(PAGE, "index.html")

    @app.get("/page/<path:name>")
    def part(name: str) -> Response:
        response = send_from_directory(PAGE, name)
        response.headers["Cache-Control"] = "no-cache"
        return response


def _serve_state(app: Flask, desk: Desk, ticker: Ticker, fanout: Fanout) -> None:
    @app.get("/phones")
    def phones() -> Response:
        return jsonify(snapshot(desk, ticker))

    @app.get("/stats")
    def stats() -> Response:
        return jsonify(desk.meter.report())

    @app.get("/events")
    def events() -> Response | tuple[Response, int]:
        watcher = fanout.watcher()
        if watcher is None:
            return jsonify(error="Too many pages are watching; close one."), 503
        response = Response(watcher, mimetype="text/event-stream")
        response.headers["X-Accel-Buffering"] = "no"
        return response


def _serve_moves(app: Flask, desk: Desk, changed: Callable[[], None]) -> None:
    @app.post("/phones")
    def add() -> tuple[Response, int]:
        found = request.get_json()
        numbers = add_phones(desk, found)
        changed()
        return jsonify(numbers=numbers) if isinstance(found, list) else jsonify(number=numbers[0]), 201

    @app.post("/phones/<e164>/<action>")
    def act(e164: str, action: str) -> tuple[Response, int]:
        phone = desk.phone(e164)
        do = ACTIONS.get(action)
        if phone is None or do is None:
            return jsonify(error=f"There is no phone {e164}, or nothing called {action}."), 404
        do(desk, phone, _object(request.get_json()))
        changed()
        return jsonify(number=e164, state=phone.state), 200

    @app.get("/faults")
    def faults() -> Response:
        return jsonify(asdict(desk.exchange.faults))

    @app.post("/faults")
    def set_faults() -> Response:
        with desk.exchange.lock:
            throw(desk.exchange.faults, _object(request.get_json()))
        changed()
        return jsonify(asdict(desk.exchange.faults))

    @app.post("/stats/clear")
    def clear() -> Response:
        desk.meter.clear()
        return jsonify(cleared=True)

    @app.post("/reset")
    def reset() -> Response:
        desk.start_over()
        changed()
        return jsonify(reset=True)


def add_phones(desk: Desk, found: Any) -> list[str]:
    """One phone from an object, shown on the page; simulated ones from a list, all read before any is added."""
    if isinstance(found, list):
        crowd = [parse_simulated(entry, f"[{index}]") for index, entry in enumerate(found)]
        for simulated in crowd:
            desk.add_simulated(simulated)
        return [simulated.person.number for simulated in crowd]
    e164, name, role = parse_new_phone(_object(found))
    person = desk.add_caller(name, role) if e164 is None else desk.add(Person(e164, name, role))
    return [person.number]


def throw(faults: Faults, switches: Body) -> None:
    """Set the faults named, each to a value of its own type. Raises BadDirectory before anything is set."""
    known = {field.name: getattr(faults, field.name) for field in fields(faults)}
    for name, value in switches.items():
        if name not in known:
            raise BadDirectory(f"{name}: no such fault; there are {', '.join(known)}")
        if not _fits(known[name], value):
            raise BadDirectory(f"{name}: {value!r} will not do; now it is {known[name]!r}")
    for name, value in switches.items():
        setattr(faults, name, tuple(value) if isinstance(value, list) else value)


def _fits(present: object, value: object) -> bool:
    if isinstance(present, bool):
        return isinstance(value, bool)
    if isinstance(present, (int, float)):
        return isinstance(value, (int, float)) and not isinstance(value, bool) and value >= 0
    return value is None or (isinstance(value, list) and len(value) == 2 and all(_fits(0.0, end) for end in value))


def _object(found: Any) -> Body:
    if not isinstance(found, Mapping):
        raise BadDirectory("Send a JSON object.")
    return found


def _text(body: Body, key: str) -> str:
    found = body.get(key)
    if not isinstance(found, str) or not found:
        raise BadDirectory(f"{key}: missing; it must be a text")
    return found


def _to(body: Body) -> str | None:
    return number(body["to"], "to") if "to" in body else None


def _set_dead(_desk: Desk, phone: Phone, body: Body) -> None:
    if not isinstance(body.get("dead"), bool):
        raise BadDirectory("dead: must be true or false")
    phone.dead = body["dead"]


ACTIONS: Mapping[str, Callable[[Desk, Phone, Body], None]] = {
    "call": lambda desk, phone, body: desk.dial(phone, _to(body)),
    "answer": lambda _desk, phone, _body: phone.answer(),
    "voicemail": lambda _desk, phone, _body: phone.answer_as_voicemail(),
    "decline": lambda _desk, phone, _body: phone.decline(),
    "press": lambda _desk, phone, body: phone.press(_text(body, "keys")),
    "hang-up": lambda _desk, phone, _body: phone.hang_up(),
    "text": lambda desk, phone, body: desk.send_text(phone, _text(body, "body"), _to(body)),
    "say": lambda _desk, phone, body: phone.say(_text(body, "words")),
    "dead": _set_dead,
}
