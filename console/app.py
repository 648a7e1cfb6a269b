"""The line at a glance: figures only, since nobody has signed in. Names, numbers and words never reach this page."""

from __future__ import annotations

from flask import Flask, Response, jsonify, render_template

from console.glance import Glance, glance
from escalation import health
from helpline.database import Database

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

    @app.after_request
    def guard(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = POLICY
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response

    return app
