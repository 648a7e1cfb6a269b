"""The gate of people's door: who is signed in, what they may see, and that a form was sent from our own page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, ParamSpec
from uuid import UUID

from flask import Flask, Response, abort, g, redirect, request
from werkzeug.wrappers import Response as Answer

from console import sessions
from console.access import Sight, may
from console.passkeys import Site
from helpline.database import Database, Work
from helpline.nouns import Role
from helpline.tables import Person

COOKIE = "helpline"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
P = ParamSpec("P")


@dataclass(frozen=True)
class Somebody:
    """Who is signed in, as a page needs to know them."""

    id: UUID
    name: str
    role: Role


def guard(app: Flask, site: Site) -> None:
    """Turn away what changes something and was not sent by our own page; say what a browser may do with ours."""

    @app.before_request
    def from_our_own_page() -> None:
        if request.method not in {"GET", "HEAD"} and request.headers.get("Origin") != site.origin:
            abort(403)

    @app.after_request
    def dress(response: Response) -> Response:
        response.headers.setdefault("Content-Security-Policy", POLICY)
        # A secret address is named to nobody; elsewhere a browser that names none names no origin with a form either.
        response.headers["Referrer-Policy"] = "no-referrer" if "token" in (request.view_args or ()) else "same-origin"
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
        if request.endpoint != "static":
            response.headers.setdefault("Cache-Control", "no-store")
        return response


def token_of_browser() -> str:
    """What the browser holds of whoever is signed in there; empty if nobody is."""
    return request.cookies.get(COOKIE, "")


def signed_in(work: Work) -> Person | None:
    """Who asks, if anybody is signed in there."""
    token = token_of_browser()
    return sessions.whose(work, token) if token else None


def seeing(database: Database, sight: Sight) -> Callable[[Callable[P, Any]], Callable[P, Any]]:
    """A page for those who may see `sight`: others are shown the way in, or told that it is not for them."""

    def only(page: Callable[P, Any]) -> Callable[P, Any]:
        @wraps(page)
        def asked(*args: P.args, **kwargs: P.kwargs) -> Any:
            with database.work() as work:
                person = signed_in(work)
                g.somebody = Somebody(person.id, person.name, person.role) if person is not None else None
            if g.somebody is None:
                return redirect("/sign-in") if request.method == "GET" else Response(status=401)
            if not may(g.somebody.role, sight):
                abort(403)
            return page(*args, **kwargs)

        return asked

    return only


def let_in(answer: Answer, token: str, site: Site) -> Answer:
    """The cookie of whoever has just signed in: sent to nobody else, and read by no script."""
    secure = site.origin.startswith("https://")
    answer.set_cookie(COOKIE, token, httponly=True, secure=secure, samesite="Strict", path="/")
    return answer
