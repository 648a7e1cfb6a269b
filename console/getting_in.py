"""Getting in: an invitation, a passkey, signing in and out."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from flask import Flask, Response, abort, jsonify, redirect, render_template, request
from werkzeug.wrappers import Response as Answer

from console import invitations, passkeys, sessions, tokens
from console.door import COOKIE, let_in, token_of_browser
from console.passkeys import NotProven, Site
from helpline.database import Database
from helpline.log import logger

LARGEST = 32 * 1024
log = logger(__name__)


def add_to(app: Flask, database: Database, site: Site) -> None:
    """The addresses by which somebody comes in and leaves."""
    app.config["MAX_CONTENT_LENGTH"] = LARGEST

    @app.get("/join/<token>")
    def join(token: str) -> tuple[str, int]:
        with database.work() as work:
            person = invitations.invited(work, token)
            name = person.name if person is not None else None
        return render_template("join.html", line=site.name, name=name, token=token), 200 if name else 404

    @app.post("/join/<token>/options")
    def options_to_join(token: str) -> Response:
        with database.work() as work:
            person = invitations.invited(work, token)
            if person is None:
                abort(404)
            return _options(*passkeys.to_make(work, site, person))

    @app.post("/join/<token>")
    def joins(token: str) -> Answer:
        challenge, answer = _answer()
        with database.work() as work:
            person = invitations.invited(work, token, to_use=True)
            if person is None:
                abort(404)
            try:
                passkeys.make(work, site, person, challenge, answer)
            except NotProven as fault:
                return _refused(fault)
            invitations.use(work, token)
            return _begin(work, person.id)

    @app.get("/sign-in")
    def sign_in() -> str:
        return render_template("sign_in.html", line=site.name)

    @app.post("/sign-in/options")
    def options_to_sign_in() -> Response:
        with database.work() as work:
            return _options(*passkeys.to_sign_in(work, site))

    @app.post("/sign-in")
    def signs_in() -> Answer:
        challenge, answer = _answer()
        with database.work() as work:
            try:
                person = passkeys.sign_in(work, site, challenge, answer)
            except NotProven as fault:
                return _refused(fault)
            return _begin(work, person.id)

    @app.post("/sign-out")
    def sign_out() -> Answer:
        token = token_of_browser()
        if token:
            with database.work() as work:
                sessions.end(work, token)
        away = redirect("/sign-in", 303)
        away.delete_cookie(COOKIE)
        return away

    def _begin(work: Any, person: UUID) -> Answer:
        token = tokens.make()
        sessions.begin(work, person, token)
        return let_in(jsonify(to="/"), token, site)


def _options(challenge: UUID, options: str) -> Response:
    return jsonify(challenge=str(challenge), options=json.loads(options))


def _answer() -> tuple[UUID, dict[str, Any]]:
    """The challenge that is answered, and what the browser says; 400 if it is nothing of the kind."""
    said: Any = request.get_json(silent=True)
    try:
        return UUID(said["challenge"]), dict(said["answer"])
    except (TypeError, KeyError, ValueError):
        abort(400)


def _refused(fault: NotProven) -> Answer:
    """Nothing was proven: told alike to everybody, and to the log only by what kind of fault it was."""
    log.warning("console.not_proven", reason=str(fault))
    return Response(json.dumps({"error": "That did not work. Please try again."}), 403, mimetype="application/json")
