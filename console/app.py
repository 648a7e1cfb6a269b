"""People's door: the line at a glance for everybody, and behind a passkey what their role may see."""

from __future__ import annotations

from functools import partial
from urllib.parse import urlsplit
from uuid import UUID

from flask import Flask, Response, abort, g, jsonify, redirect, render_template
from werkzeug.wrappers import Response as Answer

from console import door, getting_in, sessions
from console.access import SEES, Sight, first_page, may
from console.board import Board, board
from console.door import Somebody, seeing, signed_in
from console.glance import Glance, glance
from console.live import Stream
from console.passkeys import Site
from escalation import health, signing
from helpline.database import Database
from routing.explain import NoContact, story_of
from shifts.calendar import as_calendar, theirs
from shifts.calendar_keys import owner
from shifts.roster import current_rota

EVENTS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


def create_app(database: Database, url: str) -> Flask:
    """The WSGI application of people's door, which browsers find at `url`."""
    app = Flask("console")
    site = Site("Helpline", urlsplit(url).hostname or "localhost", url)
    door.guard(app, site)
    getting_in.add_to(app, database, site)
    _open_pages(app, database)
    _signed_in_pages(app, database)
    return app


def _open_pages(app: Flask, database: Database) -> None:
    """What anybody may see: figures, the health of the line, and the calendar of whoever has its secret address."""

    @app.get("/")
    def page() -> str | Answer:
        with database.work() as work:
            person = signed_in(work)
            if person is not None:
                return redirect(f"/{first_page(person.role)}")
            return render_template("glance.html", now=glance(work))

    @app.get("/glance.json")
    def figures() -> Response:
        return jsonify(_glance(database))

    @app.get("/healthz")
    def healthz() -> tuple[Response, int]:
        told, status = health.answer(database)
        return jsonify(told), status

    @app.get("/calendar/<token>.ics")
    def calendar(token: str) -> Response:
        with database.work() as work:
            person = owner(work, token)
            shifts = [] if person is None else theirs(current_rota(work), person, work.now)
            now = work.now
        if person is None:
            return Response("There is no such calendar.\n", 404, {"Cache-Control": "no-store"}, mimetype="text/plain")
        kept = {"Cache-Control": "private, no-store", "X-Robots-Tag": "noindex"}
        return Response(as_calendar(shifts, now), headers=kept, mimetype="text/calendar")


def _glance(database: Database) -> Glance:
    with database.work() as work:
        return glance(work)


def _signed_in_pages(app: Flask, database: Database) -> None:
    def now() -> Board:
        with database.work() as work:
            return board(work, unsigned=len(signing.unsigned(work)), well=health.health(work).healthy)

    def fragment() -> str:
        with app.app_context():
            return render_template("_board.html", board=now())

    def _sees_board(token: str) -> bool:
        with database.work() as work:
            person = sessions.whose(work, token)
            return person is not None and may(person.role, Sight.BOARD)

    stream = Stream(database, fragment)

    @app.context_processor
    def who() -> dict[str, Somebody | frozenset[Sight] | None]:
        somebody: Somebody | None = g.get("somebody")
        return {"somebody": somebody, "sees": SEES[somebody.role] if somebody is not None else frozenset()}

    @app.get("/board")
    @seeing(database, Sight.BOARD)
    def show_board() -> str:
        return render_template("board.html", board=now())

    @app.get("/board/live")
    @seeing(database, Sight.BOARD)
    def live() -> Response:
        token = door.token_of_browser()
        return Response(stream.listen(partial(_sees_board, token)), headers=EVENTS, mimetype="text/event-stream")

    @app.get("/contact/<uuid:contact>")
    @seeing(database, Sight.STORY)
    def show_story(contact: UUID) -> str:
        try:
            with database.work() as work:
                told = story_of(work, str(contact))
        except NoContact:
            abort(404)
        return render_template("story.html", story=told)

    @app.get("/evening")
    @seeing(database, Sight.EVENING)
    def evening() -> str:
        with database.work() as work:
            shifts = [one for one in theirs(current_rota(work), g.somebody.id, work.now) if one.ends > work.now]
            zone = work.line().zone
        return render_template("evening.html", shifts=shifts[:10], zone=zone)
