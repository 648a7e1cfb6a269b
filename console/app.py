"""People's door: the line at a glance, and everybody's own calendar.

The page has figures only, since nobody has signed in: names, numbers and words never reach it.
"""

from __future__ import annotations

from flask import Flask, Response, jsonify, render_template

from console.glance import Glance, glance
from escalation import health
from helpline.database import Database
from shifts.calendar import as_calendar, theirs
from shifts.calendar_keys import owner
from shifts.roster import current_rota

POLICY = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'"


def create_app(database: Database) -> Flask:
    """The WSGI application of people's door."""
    app = Flask("console")

    def now() -> Glance:
        with database.work() as work:
            return glance(work)

    @app.get("/")
    def page() -> str:
        return render_template("glance.html", now=now())

    @app.get("/glance.json")
    def figures() -> Response:
        return jsonify(now())

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

    @app.after_request
    def guard(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = POLICY
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response

    return app
